/** What hosts can ask of a cloud, by the words of docs/clouds.md. */
export const features = [
  "server",
  "resize",
  "architectures",
  "user data",
  "server key",
  "fixed addresses",
  "firewall",
  "private network",
  "placement",
  "grouping",
  "server backups",
  "data volume",
  "existing data volume",
  "DNS zone",
  "DNS records",
  "reverse DNS",
  "bucket",
  "versions",
  "expiry of old versions",
  "bucket keys",
  "delete protection",
] as const;

export type Feature = (typeof features)[number];

/** Who does a thing: resources of the cloud, the program on the server, or nobody. */
export type CloudFeature =
  | { readonly kind: "resource"; readonly resources: readonly string[]; readonly note: string | null }
  | { readonly kind: "host"; readonly note: string }
  /** Why, or what to do instead. */
  | { readonly kind: "none"; readonly note: string };

export type CloudFeatures = Readonly<Record<Feature, CloudFeature>>;

export const CloudFeature = {
  /** By resources of the provider. @default note - nothing more is to be said */
  by: (resources: readonly string[], note?: string): CloudFeature => ({
    kind: "resource",
    resources,
    note: note ?? null,
  }),
  /** The program on the server does it. */
  byHost: (note: string): CloudFeature => ({ kind: "host", note }),
  /** The cloud has not got it. */
  missing: (note: string): CloudFeature => ({ kind: "none", note }),
};
