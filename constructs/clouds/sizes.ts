import type { Faults } from "../model/faults";
import { isLateBound } from "../model/token";
import { dropletSizes } from "./digitalocean/prices";
import { retiredServerTypes, serverTypes } from "./hetzner/server-types";

/** Reports a value that is none of the valid ones. */
export function oneOf(faults: Faults, path: string, value: string, valid: readonly string[]): void {
  if (valid.includes(value) || isLateBound(value)) return;
  faults.add(path, `is unknown, got ${JSON.stringify(value)}`, `choose one of ${valid.join(", ")}`);
}

interface Factory {
  readonly factory: string;
  readonly cloud: string;
  readonly module: string;
  readonly sizes: readonly string[];
}

/** Who makes servers of which sizes: one cloud's size on the other is a slip of a move. */
const factories: readonly Factory[] = [
  {
    factory: "droplet",
    cloud: "DigitalOcean",
    module: "cdktf-single-host/digitalocean",
    sizes: Object.keys(dropletSizes),
  },
  {
    factory: "hetznerServer",
    cloud: "Hetzner",
    module: "cdktf-single-host/hetzner",
    sizes: [...Object.keys(serverTypes), ...Object.keys(retiredServerTypes)],
  },
];

/** Reports a size that the factory does not make, and says which one does. */
export function validateSize(
  faults: Faults,
  { factory, path }: { readonly factory: string; readonly path: string },
  size: string,
  valid: readonly string[],
): void {
  const other = factories.find((each) => each.factory !== factory && each.sizes.includes(size));
  if (other === undefined) {
    oneOf(faults, path, size, valid);
    return;
  }
  const call = `${other.factory}(${JSON.stringify(size)}, ...) from ${other.module}`;
  const remedy = `write ${call}, or choose one of ${valid.join(", ")}`;
  faults.add(path, `is a size of ${other.cloud}, got ${JSON.stringify(size)}`, remedy);
}
