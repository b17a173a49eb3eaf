import { join } from "node:path";
import { certificateAuthority } from "./authority";
import { buildComponents, type Components } from "./components";
import { type DebianMirror, debianMirror, ensureImageTools } from "./debian";
import { ensureEngine } from "./engine";
import { ImageBuilder, type Images } from "./images";
import { registrySeed } from "./registry-seed";
import { serviceImages } from "./service-images";
import { findTerraform } from "./toolchain";

/** Called with each step as it begins; nothing is called for what is there already. */
export type Progress = (step: string, detail?: string) => void;

/** Everything that a rehearsal needs on this machine. */
export interface Preparation extends Components {
  /** The Terraform command. */
  readonly terraform: string;
  /** Certificate of the authority that servers and service images trust. */
  readonly certificateAuthority: string;
  readonly images: Images;
  /** Folder with the registry's content at the start of every rehearsal. */
  readonly registrySeed: string;
  readonly packageMirror: DebianMirror;
}

/** Makes what is missing: an engine, real programs built from their modules, images. A second time finds all there. */
export async function prepare(progress: Progress): Promise<Preparation> {
  const terraform = await findTerraform();
  await ensureEngine(progress);
  await ensureImageTools();
  const packageMirror = await debianMirror();
  const authority = await certificateAuthority();
  const builder = new ImageBuilder(packageMirror, authority, progress);
  // compiling keeps the processor busy, packages keep the network and the disk busy
  const [components, { base, server, plain }] = await Promise.all([
    buildComponents(progress),
    (async () => {
      const base = await builder.base();
      return { base, plain: await builder.services(base, plainServices), server: await builder.server() };
    })(),
  ]);
  const cloud = await builder.cloud(base, components.binaries);
  const runner = await builder.runner(base, components.binaries);
  const services = { ...plain, ...(await builder.services(base, builtServices, components.binaries)) };
  return {
    ...components,
    terraform,
    certificateAuthority: join(authority, "certificate.pem"),
    images: { server, cloud, runner, services },
    registrySeed: await registrySeed(cloud, services, progress),
    packageMirror,
  };
}

const names = Object.keys(serviceImages);
const plainServices = names.filter((name) => !serviceImages[name]?.binaries);
const builtServices = names.filter((name) => serviceImages[name]?.binaries);

/** `npx tsx rehearsal/preparation.ts` prepares and says how long each step took. */
async function main(): Promise<void> {
  const begin = Date.now();
  const seconds = () => ((Date.now() - begin) / 1000).toFixed(1).padStart(7);
  await prepare((step, detail) => console.log(`${seconds()} s  ${step}: ${detail ?? ""}`));
  console.log(`${seconds()} s  everything is there`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
