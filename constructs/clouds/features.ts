/** What hosts can ask of a cloud, in the words and the order of docs/clouds.md. */
export const features = [
  "server",
  "another size",
  "processors",
  "user data",
  "first key",
  "lasting addresses",
  "firewall",
  "private network",
  "placement",
  "grouping",
  "server backups",
  "data volume",
  "volume that exists",
  "DNS zone",
  "DNS records",
  "reverse DNS",
  "bucket",
  "region of backups",
  "versions",
  "expiry of versions",
  "bucket keys",
  "protection",
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
  /** The cloud has not got it, or these constructs do not ask for it. */
  missing: (note: string): CloudFeature => ({ kind: "none", note }),
};

/** The table of docs/clouds.md: a line a feature, a column a cloud. */
export function renderFeatureTable(
  clouds: readonly { readonly cloud: string; readonly features: CloudFeatures }[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return [
    line(["", ...clouds.map(({ cloud }) => cloud)]),
    line(["---", ...clouds.map(() => "---")]),
    ...features.map((feature) => line([feature, ...clouds.map((cloud) => renderFeature(cloud.features[feature]))])),
  ].join("");
}

function renderFeature(feature: CloudFeature): string {
  switch (feature.kind) {
    case "resource": {
      const resources = feature.resources.map((resource) => `\`${resource}\``).join(", ");
      return feature.note === null ? resources : `${resources}: ${feature.note}`;
    }
    case "host":
      return `**the server itself**: ${feature.note}`;
    case "none":
      return `**no**: ${feature.note}`;
  }
}
