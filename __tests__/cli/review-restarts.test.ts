import { reviewPlan } from "../../cli/review/review";
import { appliedConfiguration, settings } from "./review-cases";

const service = (more: object = {}) => ({
  image: "a:1",
  released: false,
  mounts_files: [],
  one_shot: false,
  runs_twice: false,
  ...more,
});
const host = (services: object, more: object = {}) =>
  settings({ application: { compose_file: "compose.yaml", settings: {}, services, health_seconds: 120, ...more } });
const compose = (fields: string) => `services:\n  app:\n    image: a:1\n${fields}`;
const DATA = '    volumes: ["data:/data"]\n';

function downtime(resource: object): string[] {
  const rest = {
    errored: false,
    complete: true,
    resource_drift: [],
    deferred_changes: [],
    planned_values: {},
    prior_state: {},
    configuration: {},
  };
  return reviewPlan({ ...rest, resource_changes: [resource as never] }).downtime.map(
    ({ kind, what }) => `${kind}: ${what}`,
  );
}

const same = host({ app: service() });

test.each<[string, object, string[]]>([
  [
    "another command",
    appliedConfiguration(same, same, { before: compose(""), after: compose("    command: x\n") }),
    ["none: app is made anew"],
  ],
  [
    "another command of what writes a volume",
    appliedConfiguration(same, same, { before: compose(DATA), after: compose(`${DATA}    command: x\n`) }),
    ["restart: restart of app, for seconds"],
  ],
  [
    "the same, where a team says that it may run twice",
    appliedConfiguration(host({ app: service({ runs_twice: true }) }), host({ app: service({ runs_twice: true }) }), {
      before: compose(DATA),
      after: compose(`${DATA}    command: x\n`),
    }),
    ["none: app is made anew"],
  ],
  [
    "a folder that is only read",
    appliedConfiguration(same, same, {
      before: compose('    volumes: ["./a:/a:ro"]\n'),
      after: compose('    volumes: ["./a:/b:ro"]\n'),
    }),
    ["none: app is made anew"],
  ],
  ["a comment", appliedConfiguration(same, same, { before: compose(""), after: compose("    # a word\n") }), []],
  [
    "another service's command",
    appliedConfiguration(same, same, { before: compose(""), after: compose("  other: { command: x }\n") }),
    [],
  ],
  [
    "another tag of an image that releases own",
    appliedConfiguration(
      host({ app: service({ released: true }) }),
      host({ app: service({ released: true, image: "a:2" }) }),
    ),
    [],
  ],
  [
    "another repository of an image that releases own",
    appliedConfiguration(
      host({ app: service({ released: true }) }),
      host({ app: service({ released: true, image: "b:1" }) }),
    ),
    ["none: app is made anew"],
  ],
  ["another image", appliedConfiguration(same, host({ app: service({ image: "a:2" }) })), ["none: app is made anew"]],
  [
    "a setting that it reads",
    appliedConfiguration(same, host({ app: service() }, { settings: { WORD: "b" } }), {
      before: compose("    environment: { A: '${WORD}' }\n"),
    }),
    ["none: app is made anew"],
  ],
  [
    "a setting that it does not read",
    appliedConfiguration(same, host({ app: service() }, { settings: { OTHER: "b" } }), {
      before: compose("    environment: { A: '${WORD}' }\n"),
    }),
    [],
  ],
  [
    "a secret that it reads",
    appliedConfiguration(same, same, {
      before: compose("    environment: { A: '${DB_PASSWORD:-x}' }\n"),
      secrets: ["DB_PASSWORD"],
    }),
    ["none: app is made anew"],
  ],
  [
    "a secret that it mounts",
    appliedConfiguration(same, same, { before: compose("    secrets: [db-password]\n"), secrets: ["DB_PASSWORD"] }),
    ["none: app is made anew"],
  ],
  [
    "a secret of the backups",
    appliedConfiguration(same, same, { before: compose(""), secrets: ["backup RESTIC_PASSWORD"] }),
    [],
  ],
  ["a service that goes", appliedConfiguration(same, host({})), ["away: app ends"]],
  ["a service that comes", appliedConfiguration(host({}), same), []],
  ["another Caddyfile", appliedConfiguration(same, same, { files: { Caddyfile: "b" } }), []],
  [
    "a compose file that nobody can read",
    appliedConfiguration(same, same, { before: compose(""), after: "services: [" }),
    ["restart: restart of services whose configuration differs"],
  ],
  [
    "a compose file of aliases without end",
    appliedConfiguration(same, same, {
      before: compose(""),
      after: [
        "a: &a [x,x,x,x,x,x,x,x,x]",
        ...[..."bcdefgh"].map((name, index) => `${name}: &${name} [${`*${"abcdefg"[index]},`.repeat(9)}]`),
      ].join("\n"),
    }),
    ["restart: restart of services whose configuration differs"],
  ],
])("%s", (_, resource, said) => {
  expect(downtime(resource)).toEqual(said);
});
