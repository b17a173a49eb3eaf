import { readFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command";
import type { EmbeddedCloud } from "./embedded-cloud";
import { RehearsalNetwork } from "./network";

/** What this machine's engine calls the images of a rehearsal: another one beside it has its own. */
export function applicationImages(network = RehearsalNetwork.fromEnvironment()): string {
  return `cdktf-single-host/application/${network.name}`;
}

/**
 * Builds the folder's Dockerfile and pushes the image under its name to the embedded cloud's registry.
 * A `FROM` of an image that the embedded cloud has is taken from there, so that no other registry is asked.
 */
export async function buildApplicationImage(
  cloud: EmbeddedCloud,
  name: string,
  folder: string,
  log: string,
): Promise<void> {
  const dockerfile = readFileSync(join(folder, "Dockerfile"), "utf8").replace(
    /^(FROM\s+(?:--platform=\S+\s+)?)(\S+)/gim,
    (whole, from: string, image: string) => {
      const local = cloud.localImage(image);
      return local ? `${from}${local}` : whole;
    },
  );
  const tag = `${applicationImages()}/${name.replace(/[^a-z0-9]+/g, "-")}`;
  const version = name.match(/:([\w.-]+)$/)?.[1] ?? "latest";
  const argv = ["docker", "build", "--quiet", "--network", "host", "--label", "cdktf-single-host=rehearsal"];
  await command([...argv, "--build-arg", `VERSION=${version}`, "--tag", tag, "--file", "-", folder], {
    input: dockerfile,
    log,
    env: { ...process.env, DOCKER_BUILDKIT: "0" },
  });
  await cloud.pushImage(tag, name);
}
