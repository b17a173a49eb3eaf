import type { JsonObject } from "../../cli/json-file";

const COMPOSE = 'services: { app: { image: "a:1" } }';

/** The text of a host.json, as far as a review reads it. */
export function settings(values: JsonObject): string {
  const app = { image: "a:1", released: false, mounts_files: [], one_shot: false, runs_twice: false };
  const application = { compose_file: "compose.yaml", settings: {}, services: { app }, health_seconds: 300 };
  return JSON.stringify({ application, sites: [], basic_auth: [], deploy_keys: [], release_keys: [], ...values });
}

/** A host's configuration that changes: its settings, its compose file, its secrets. */
export function appliedConfiguration(
  before: string,
  after: string,
  compose: {
    readonly before?: string;
    readonly after?: string;
    readonly files?: JsonObject;
    readonly secrets?: readonly string[];
  } = {},
): object {
  const triggers = (text: string, file: string | undefined, secret: string, files: JsonObject = {}) => ({
    triggers_replace: {
      files: { "host.json": text, "app/compose.yaml": file ?? COMPOSE, "overlay.yaml": "services: {}", ...files },
      secrets: Object.fromEntries((compose.secrets ?? []).map((name) => [name, secret])),
    },
  });
  const change = {
    actions: ["delete", "create"],
    before: triggers(before, compose.before, "old"),
    after: triggers(after, compose.after ?? compose.before, "new", compose.files),
  };
  const address = "terraform_data.host_configuration";
  return { address, type: "terraform_data", name: "host_configuration", mode: "managed", change };
}
