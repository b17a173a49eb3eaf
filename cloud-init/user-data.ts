import { Document, Scalar } from "yaml";
import type { Faults } from "../constructs/model/faults";
import type { HostModel } from "../constructs/model/host";
import { renderFirstHostJson } from "./host-json";
import type { HostProgram } from "./host-program";

/**
 * The host key of the first contact, the only secret that user data may hold: ECDSA, as the lasting one is Ed25519 and
 * both may be asked for at once. Both values are JSON string literals, quotes included: `Fn.jsonencode(...)`, or
 * `JSON.stringify` of plain text.
 */
export interface BootstrapHostKey {
  readonly privateKeyJson: string;
  readonly publicKeyJson: string;
}

export interface UserDataProps {
  readonly host: HostModel;
  readonly bootstrapHostKey: BootstrapHostKey;
  readonly program: HostProgram;
}

const PRIVATE_KEY = "@private-key@";
const PUBLIC_KEY = "@public-key@";

/**
 * Renders the cloud-config that a server boots with: a way to log in, and a program that does the rest with retries.
 * It is read once in a server's life; whatever may change later belongs in the bundle.
 */
export function renderUserData({ host, bootstrapHostKey, program }: UserDataProps): string {
  const home = `/opt/single-host/${program.first.sha256}`;
  const archive = "/opt/single-host/first.tar";
  const unit = "single-host-converge.service";
  const config = {
    users: [
      {
        name: "deploy",
        gecos: "people and Terraform",
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL:ALL) NOPASSWD: ALL",
        ssh_authorized_keys: host.deployKeys,
      },
    ],
    disable_root: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ecdsa_private: PRIVATE_KEY, ecdsa_public: PUBLIC_KEY },
    write_files: [
      { path: "/etc/ssh/sshd_config.d/00-single-host.conf", content: block(text(program, "sshd.conf")) },
      { path: "/etc/tmpfiles.d/single-host.conf", content: block(text(program, "tmpfiles.conf")) },
      { path: `/etc/systemd/system/${unit}`, content: block(text(program, unit)) },
      { path: "/etc/single-host/host.json", content: block(renderFirstHostJson(host)) },
      { path: archive, encoding: "gz+b64", content: program.first.archive },
    ],
    runcmd: [
      ["mkdir", "-p", home],
      ["tar", "-xf", archive, "-C", home],
      ["ln", "-sfn", home, "/opt/single-host/current"],
      ["ln", "-sfn", "/opt/single-host/current/single_host/bin/single-host", "/usr/local/bin/single-host"],
      ["rm", archive],
      ["systemd-tmpfiles", "--create", "/etc/tmpfiles.d/single-host.conf"],
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", unit],
      ["systemctl", "start", "--no-block", unit],
    ],
  };
  return cloudConfig(config)
    .replace(JSON.stringify(PRIVATE_KEY), () => bootstrapHostKey.privateKeyJson)
    .replace(JSON.stringify(PUBLIC_KEY), () => bootstrapHostKey.publicKeyJson);
}

/** Every text in double quotes: late-bound ones may turn out to be anything but a quote, a backslash or a line break. */
function cloudConfig(config: unknown): string {
  const document = new Document(config);
  const options = { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;
  return `#cloud-config\n# Written by cdktf-single-host. It is read once; later changes come over SSH.\n${document.toString(options)}`;
}

function block(value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}

function text(program: HostProgram, name: string): string {
  const found = program.texts[name];
  if (found === undefined) {
    throw new Error(`the host program has no file ${name}`);
  }
  return found;
}

/** Late-bound values are keys at most; this is more than the longest of them takes. */
const LATE_BOUND_BYTES = 600;

/** Checks rendered user data against a cloud's limit in bytes. */
export function validateUserData(userData: string, limit: number, faults: Faults, path: string): void {
  const lateBound = userData.match(/\$\{TfToken\[[^\]]*\]\}/g) ?? [];
  const bytes = Buffer.byteLength(userData, "utf8") + lateBound.length * LATE_BOUND_BYTES;
  if (bytes > limit) {
    const problem = `must be at most ${limit} bytes, got ${bytes}`;
    faults.add(path, problem, "move what need not happen at first boot out of the extra cloud-init parts");
  }
}
