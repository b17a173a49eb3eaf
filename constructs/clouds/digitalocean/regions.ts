/** Regions in which droplets are offered. https://docs.digitalocean.com/platform/regional-availability/ (2026-11) */
export const dropletRegions = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc1",
  "nyc2",
  "nyc3",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
] as const;

/** A region as DigitalOcean's API spells it. */
export type DropletRegion = (typeof dropletRegions)[number];

/** Regions with Spaces that every provider since 2.17.1 knows. */
const longStandingSpacesRegions: readonly string[] = ["ams3", "fra1", "nyc3", "sfo2", "sfo3", "sgp1"];

/** Regions with Spaces (SpacesRegions in the provider's source, 2.99.1). */
export const spacesRegions = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc3",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
] as const;

/** A region that has Spaces. */
export type SpacesRegion = (typeof spacesRegions)[number];

/** Where a bucket of a server stands by default: in its own region, else the next one in the same city. */
export function spacesRegionFor(region: string): string {
  return region === "nyc1" || region === "nyc2" ? "nyc3" : region;
}

/**
 * The nearest region with Spaces in another city: what takes a region's data centres away leaves it alone. In the same
 * country where there is one, and of those that every provider since 2.17.1 knows (New York's neighbour would be atl1); near
 * Singapore there is none of these, and it is Bangalore. Cities:
 * https://docs.digitalocean.com/platform/regional-availability/ (2026-11)
 */
const otherRegions: Readonly<Record<string, SpacesRegion>> = {
  ams3: "fra1",
  atl1: "nyc3",
  blr1: "sgp1",
  fra1: "ams3",
  lon1: "ams3",
  nyc1: "sfo3",
  nyc2: "sfo3",
  nyc3: "sfo3",
  sfo2: "nyc3",
  sfo3: "nyc3",
  sgp1: "blr1",
  syd1: "sgp1",
  tor1: "nyc3",
};

/** Of a region that a team misspelt, New York, until validation tells. */
export function otherSpacesRegion(region: string): string {
  return Object.hasOwn(otherRegions, region) ? (otherRegions[region] as SpacesRegion) : "nyc3";
}

/** Provider versions that know Spaces in a region. */
export function providerVersionsFor(spacesRegion: string): string {
  return longStandingSpacesRegions.includes(spacesRegion) ? PROVIDER_VERSIONS : ">= 2.71.0, < 3";
}

/** Everything that is emitted without a newer resource exists since this version. */
export const PROVIDER_VERSIONS = ">= 2.17.1, < 3";
