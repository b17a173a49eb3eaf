import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { digestOf, madeOnce } from "./cache";
import { command } from "./command";
import { label } from "./network";
import type { Progress } from "./preparation";
import { serviceImages } from "./service-images";

/** A registry's folder that holds every service image, so that no rehearsal has to push them again. */
export async function registrySeed(
  cloudImage: string,
  services: Readonly<Record<string, string>>,
  progress: Progress,
): Promise<string> {
  const names = Object.entries(services).flatMap(([name, image]) => [image, ...(serviceImages[name]?.tags ?? [])]);
  return madeOnce(`registry/${digestOf(...names)}`, async (folder) => {
    progress("images", "pushing them into the rehearsal's registry");
    const container = `cdktf-single-host-seed-${basename(folder).replace(/\W/g, "-")}`;
    const mounts = ["--volume", `${folder}:/var/lib/registry`, "--publish", "127.0.0.1::5000"];
    // it ends by itself: a killed run leaves nothing that stays
    const serve = ["--entrypoint", "timeout", cloudImage, "900", "docker-registry", "serve", "/cloud/registry.yml"];
    await command(["docker", "run", "--detach", "--rm", "--name", container, "--label", label, ...mounts, ...serve]);
    try {
      const { stdout } = await command(["docker", "port", container, "5000"]);
      const registry = stdout.trim().split("\n")[0] as string;
      await untilItAnswers(container);
      for (const [name, image] of Object.entries(services)) {
        const { repository, tags } = serviceImages[name] as (typeof serviceImages)[string];
        const path = `registry-1.docker.io/${repository}`;
        await pushAs(image, `${registry}/${path}:${tags[0]}`);
        await alias(`http://${registry}/v2/${path}/manifests`, tags);
      }
    } finally {
      await command(["docker", "rm", "--force", "--volumes", container], { accept: [0, 1] });
    }
    writeFileSync(join(folder, "images.txt"), `${names.join("\n")}\n`);
  });
}

/** Gives what has the first tag the others too. */
async function alias(manifests: string, [first, ...others]: readonly string[]): Promise<void> {
  const types = ["docker.distribution.manifest.v2", "oci.image.manifest.v1", "oci.image.index.v1"];
  const accept = types.map((type) => `application/vnd.${type}+json`).join(", ");
  const manifest = await fetch(`${manifests}/${first}`, { headers: { accept } });
  if (!manifest.ok) throw new Error(`${manifests}/${first}: the registry answers ${manifest.status}`);
  const headers = { "content-type": manifest.headers.get("content-type") ?? "" };
  const body = await manifest.text();
  for (const tag of others) {
    const answer = await fetch(`${manifests}/${tag}`, { method: "PUT", headers, body });
    if (!answer.ok) throw new Error(`${manifests}/${tag}: the registry answers ${answer.status}`);
  }
}

/** Pushes a local image to a registry on loopback, whose name for it is not kept. */
export async function pushAs(image: string, name: string): Promise<void> {
  await command(["docker", "tag", image, name]);
  try {
    await command(["docker", "push", "--quiet", name]);
  } finally {
    await command(["docker", "image", "rm", "--no-prune", name], { accept: [0, 1] });
  }
}

/** Asked from inside: Docker's port on loopback takes a connection before the registry does, and closes it again. */
async function untilItAnswers(container: string): Promise<void> {
  const loop = "until curl -fso /dev/null http://127.0.0.1:5000/v2/; do sleep 0.1; done";
  await command(["docker", "exec", container, "timeout", "30", "sh", "-c", loop]);
}
