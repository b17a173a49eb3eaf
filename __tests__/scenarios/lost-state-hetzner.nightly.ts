/**
 * deita-prod's server and Terraform's state, both lost on Hetzner: the volume, the addresses, the zone and the buckets are
 * taken over as they stand, and a token that the application gave before is accepted after.
 */
import { deita } from "./applications";
import { hetzner } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { lostState } from "./lost-state";

const host = new DeployedStack({
  scenario: "lost-state-hetzner",
  stack: "deita-prod",
  cloud: hetzner,
  application: deita,
});

lostState(host, { database: "deita", given: ["SMTP_PASSWORD", "AI_MODEL_API_KEY"] });
