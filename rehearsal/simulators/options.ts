import { parseArgs } from "node:util";

/** What the process is told when it starts. */
export interface Options {
  readonly stateFolder: string;
  readonly readyFile: string;
  readonly s3: string;
  /** Folder of the rehearsal's authority. @default - object storage is not answered over TLS */
  readonly authority?: string;
  readonly machines: "containers" | "memory";
  readonly repositories: readonly string[];
  readonly ports: { digitalocean: number; hetzner: number; github: number; storage: number; control: number };
}

const USAGE = `usage: main.ts --state DIR --ready FILE --s3 URL [options]

  --state DIR              state and calls.jsonl are kept here
  --ready FILE             written once every port answers: pid and addresses
  --s3 URL                 the MinIO behind object storage, such as http://127.0.0.1:9000
  --authority DIR          with the authority that vouches for object storage's names over TLS
  --repository OWNER/NAME  a repository that GitHub has; may be given more than once
  --machines KIND          containers (default), or memory: nothing boots, for tests of the protocol
  --digitalocean-port, --hetzner-port, --github-port, --storage-port, --control-port N
                           default: any free port`;

export function readOptions(argv: readonly string[]): Options {
  const port = { type: "string", default: "0" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      state: { type: "string" },
      ready: { type: "string" },
      s3: { type: "string" },
      authority: { type: "string" },
      repository: { type: "string", multiple: true, default: [] },
      machines: { type: "string", default: "containers" },
      "digitalocean-port": port,
      "hetzner-port": port,
      "github-port": port,
      "storage-port": port,
      "control-port": port,
    },
  });
  const { state, ready, s3, machines } = values;
  if (state === undefined || ready === undefined || s3 === undefined) throw new Error(`an option is missing\n${USAGE}`);
  if (machines !== "containers" && machines !== "memory")
    throw new Error(`--machines ${machines}: no such kind\n${USAGE}`);
  if (!/^http:\/\/[^/]+\/?$/.test(s3)) throw new Error(`--s3 ${s3}: must be http://host:port`);
  return {
    stateFolder: state,
    readyFile: ready,
    s3,
    authority: values.authority,
    machines,
    repositories: values.repository,
    ports: {
      digitalocean: readPort(values["digitalocean-port"]),
      hetzner: readPort(values["hetzner-port"]),
      github: readPort(values["github-port"]),
      storage: readPort(values["storage-port"]),
      control: readPort(values["control-port"]),
    },
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`port: must be 0-65535, got ${text}`);
  return port;
}
