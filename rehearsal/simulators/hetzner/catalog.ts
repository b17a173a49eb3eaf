export interface Location {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly country: string;
  readonly city: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly network_zone: string;
}

const LOCATION_ROWS: readonly (readonly [number, string, string, string, string, number, number, string])[] = [
  [1, "fsn1", "Falkenstein DC Park 1", "DE", "Falkenstein", 50.47612, 12.370071, "eu-central"],
  [2, "nbg1", "Nuremberg DC Park 1", "DE", "Nuremberg", 49.452102, 11.076665, "eu-central"],
  [3, "hel1", "Helsinki DC Park 1", "FI", "Helsinki", 60.169855, 24.938379, "eu-central"],
  [4, "ash", "Ashburn, VA", "US", "Ashburn, VA", 39.045821, -77.487073, "us-east"],
  [5, "hil", "Hillsboro, OR", "US", "Hillsboro, OR", 45.54222, -122.951924, "us-west"],
  [6, "sin", "Singapore", "SG", "Singapore", 1.283333, 103.833333, "ap-southeast"],
];

export const LOCATIONS: readonly Location[] = LOCATION_ROWS.map(
  ([id, name, description, country, city, latitude, longitude, network_zone]) => ({
    id,
    name,
    description,
    country,
    city,
    latitude,
    longitude,
    network_zone,
  }),
);

export type Architecture = "x86" | "arm";

export interface Image {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly os_flavor: string;
  readonly os_version: string;
  readonly architecture: Architecture;
  readonly disk_size: number;
  /** Since when it is not to be used any more; three months later it cannot be ordered. */
  readonly deprecated: string | null;
}

const IMAGE_ROWS: readonly (readonly [number, string, string, string, string, Architecture])[] = [
  [310557660, "debian-13", "Debian 13", "debian", "13", "x86"],
  [310557661, "debian-13", "Debian 13", "debian", "13", "arm"],
  [114690387, "debian-12", "Debian 12", "debian", "12", "x86"],
  [114690389, "debian-12", "Debian 12", "debian", "12", "arm"],
  [161547269, "ubuntu-24.04", "Ubuntu 24.04", "ubuntu", "24.04", "x86"],
  [161547270, "ubuntu-24.04", "Ubuntu 24.04", "ubuntu", "24.04", "arm"],
  [67794396, "ubuntu-22.04", "Ubuntu 22.04", "ubuntu", "22.04", "x86"],
  [103908130, "ubuntu-22.04", "Ubuntu 22.04", "ubuntu", "22.04", "arm"],
  [307395671, "rocky-10", "Rocky Linux 10", "rocky", "10", "x86"],
  [307395672, "rocky-10", "Rocky Linux 10", "rocky", "10", "arm"],
];

export const IMAGES: readonly Image[] = IMAGE_ROWS.map(
  ([id, name, description, os_flavor, os_version, architecture]) => ({
    id,
    name,
    description,
    os_flavor,
    os_version,
    architecture,
    disk_size: 5,
    deprecated: null,
  }),
);

/** An image as the API shows it. */
export function describeImage(image: Image): Record<string, unknown> {
  return {
    ...image,
    type: "system",
    status: "available",
    image_size: null,
    created: "2025-08-12T05:00:00Z",
    created_from: null,
    bound_to: null,
    rapid_deploy: true,
    protection: { delete: false },
    deleted: null,
    labels: {},
  };
}

export const findLocation = (idOrName: string): Location | undefined =>
  LOCATIONS.find(({ id, name }) => name === idOrName || String(id) === idOrName);
export const describeLocation = (name: string): Location => findLocation(name) as Location;
export const findImages = (idOrName: string): Image[] =>
  IMAGES.filter(({ id, name }) => name === idOrName || String(id) === idOrName);
export const imageOf = (id: number): Image | undefined => IMAGES.find((image) => image.id === id);
