export { type DropletImage, type DropletProps, DropletServer, droplet } from "./droplet";
export { type DropletSize, type DropletSlug, dropletSizes, PRICES_READ } from "./prices";
export { Project } from "./project";
export type { DropletRegion, SpacesRegion } from "./regions";
