import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";

const IMAGE = "cdktf-single-host/tools";
const PACKAGES = ["docker-cli", "docker-compose", "python3-boto3"];

/**
 * An image with the tools of a server of today (Debian 13): cloud-init, sshd, compose 2.26. It is the rehearsal's server
 * image with the packages that a server gets by its first convergence.
 * @throws with the remedy where there is no engine or no server image
 */
export function serverToolsImage(): string {
  const server = docker(["image", "ls", "--format", "{{.Tag}}", "cdktf-single-host/server"]).split("\n")[0] ?? "";
  if (server === "") {
    throw new Error("no image cdktf-single-host/server: `npm run rehearse` builds it");
  }
  const tag = `${IMAGE}:${server}-${createHash("sha256").update(PACKAGES.join()).digest("hex").slice(0, 8)}`;
  if (docker(["image", "ls", "--quiet", tag]) === "") {
    const lines = [
      `FROM cdktf-single-host/server:${server}`,
      `RUN apt-get update -qq && apt-get install -qqy --no-install-recommends ${PACKAGES.join(" ")} && rm -rf /var/lib/apt/lists/*`,
      "LABEL cdktf-single-host=rehearsal",
    ];
    docker(["build", "--quiet", "--network", "host", "--tag", tag, "-"], `${lines.join("\n")}\n`);
  }
  return tag;
}

export interface ServerCommand {
  readonly argv: readonly string[];
  /** A folder of this machine, there as /project. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a tool of the server on a folder, and gives what it printed. @throws with what it complained of */
export function onServer({ argv, folder, environment = {} }: ServerCommand): string {
  const names = Object.keys(environment).flatMap((name) => ["--env", name]);
  const [entry = "", ...rest] = argv;
  const head = ["run", "--rm", "--network", "none", "--volume", `${folder}:/project`, "--workdir=/project", ...names];
  return docker([...head, "--entrypoint", entry, serverToolsImage(), ...rest], "", environment);
}

export function docker(
  argv: readonly string[],
  input = "",
  environment: Readonly<Record<string, string>> = {},
): string {
  try {
    const env = { ...process.env, DOCKER_BUILDKIT: "0", ...environment };
    return execFileSync("docker", argv, { input, env, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] }).trim();
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string };
    if (code === "ENOENT" || stderr?.includes("Cannot connect to the Docker daemon")) {
      throw new Error("no Docker engine answers: `npm run rehearse` starts one");
    }
    throw new Error(`docker ${argv.slice(0, 2).join(" ")}: ${stderr}`);
  }
}
