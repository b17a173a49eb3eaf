import { containerGround } from "./container-ground";
import { MemoryMachines, MemoryNames } from "./memory-machines";
import { type Options, readOptions } from "./options";
import { type Ground, Simulators } from "./simulators";

function groundOf({ machines }: Options): Ground {
  return machines === "memory" ? { machines: new MemoryMachines(), names: new MemoryNames() } : containerGround();
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const simulators = await Simulators.start(options, groundOf(options));
  console.log(JSON.stringify(simulators.addresses));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      simulators.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
