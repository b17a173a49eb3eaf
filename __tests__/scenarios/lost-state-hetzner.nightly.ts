/**
 * deita-prod goes back to a backup: PostgreSQL, SQLite and DuckDB files, a volume, a bucket and a folder, all of them or some.
 * Then its server and Terraform's state are lost, both, on Hetzner: the volume, the addresses, the zone and the buckets are
 * taken over as they stand, and a token that the application gave before is accepted after.
 */
import { deita } from "./applications";
import { hetzner } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { lostState } from "./lost-state";
import { restoresOfDeita } from "./restores-of-deita";

const host = new DeployedStack({
  scenario: "lost-state-hetzner",
  stack: "deita-prod",
  cloud: hetzner,
  application: deita,
  prepare: async (workspace) => {
    // a folder of the server's own, that is there from the first day
    workspace.edit("stacks/deita-prod/index.ts", (text) =>
      text.replace("retention: {", 'paths: ["/srv/letters"], retention: {'),
    );
  },
});

restoresOfDeita(host);
lostState(host, { database: "deita", given: ["SMTP_PASSWORD", "AI_MODEL_API_KEY"] });
