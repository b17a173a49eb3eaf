/** Changes in place that visitors notice, by type and attribute. */
const DOWNTIME: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  digitalocean_droplet: { size: "the server is off for a minute or two" },
  digitalocean_database_cluster: { size: "the database is away for a moment when it moves" },
  hcloud_server: { server_type: "the server is off for a minute or two" },
};

/** What visitors notice of a change in place; null where nothing is known of it. */
export function downtimeOf(type: string, attributes: readonly string[]): string | null {
  const known = Object.hasOwn(DOWNTIME, type) ? (DOWNTIME[type] ?? {}) : {};
  const noticed = attributes.filter((attribute) => Object.hasOwn(known, attribute));
  return noticed.map((attribute) => known[attribute]).join(", ") || null;
}
