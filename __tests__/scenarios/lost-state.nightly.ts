/**
 * chitram-beta's server is deleted at the cloud and Terraform's state with it: from the repository, the tokens, the bucket's
 * name and the password of the backups, the runbook's words bring back the site, its data and every secret.
 */
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { lostState } from "./lost-state";

const host = new DeployedStack({
  scenario: "lost-state",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});

lostState(host, { database: "chitram", given: ["OPENAI_API_KEY"] });
