/**
 * deita-prod on Hetzner from nothing: two paths over HTTPS, rows in PostgreSQL and in DuckDB on a volume of its own, backed
 * up at work, through the same life as any host's; destroyed as documented, with its volume, its addresses and its buckets.
 */

import { deita } from "./applications";
import { backupsAtWork, withPathsSaved } from "./backups-at-work";
import { hetzner } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { lifeOfAHost } from "./life-of-a-host";

const host = new DeployedStack({
  scenario: "deita-prod",
  stack: "deita-prod",
  cloud: { ...hetzner, price: /cx33.* 8\.49/i, nextSize: "cx43" },
  application: deita,
  prepare: async (workspace) => workspace.edit("stacks/deita-prod/index.ts", withPathsSaved),
});
const { part } = host;

describe("Hetzner", () => {
  part("keeps the server, the volume and the addresses from whoever opens the console", async () => {
    const { hetzner } = await host.now.cloud.control("GET", "/control/state");
    const all = [hetzner.servers, hetzner.volumes, hetzner.primary_ips];
    const kept = all.flatMap((things) => Object.values<{ protection: { delete: boolean } }>(things));
    expect(kept.map(({ protection }) => protection.delete)).toEqual([true, true, true, true]);
  });

  part("has a bucket for the application's files and one for the backups", async () => {
    expect(await host.buckets()).toEqual([
      expect.stringMatching(/^deita-prod-backups-/),
      expect.stringMatching(/^deita-prod-files-/),
    ]);
  });
});

backupsAtWork(host);
lifeOfAHost(host);
