/** Going back to a backup: PostgreSQL, SQLite and DuckDB files, a volume, a bucket and a folder, all of them or some. */
import { deita } from "./applications";
import { hetzner } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { restoresOfDeita } from "./restores-of-deita";

const host = new DeployedStack({
  scenario: "restore-of-each-kind",
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
