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

export type SpacesRegion = (typeof spacesRegions)[number];

/** Where backups of a server go by default: its own region, else the next one in the same country. */
export function spacesRegionFor(region: string): string {
  return region === "nyc1" || region === "nyc2" ? "nyc3" : region;
}

/** Provider versions that know Spaces in a region. */
export function providerVersionsFor(spacesRegion: string): string {
  return longStandingSpacesRegions.includes(spacesRegion) ? PROVIDER_VERSIONS : ">= 2.71.0, < 3";
}

/** Everything that is emitted without a newer resource exists since this version. */
export const PROVIDER_VERSIONS = ">= 2.17.1, < 3";
