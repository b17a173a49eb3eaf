import type { Faults } from "../model/faults";
import type { Size } from "../model/size";
import { isLateBound } from "../model/token";

/** Checks the size of a new volume against what a cloud offers, in GiB. */
export function validateVolumeSize(
  faults: Faults,
  cloud: string,
  size: Size,
  { smallest, largest }: { readonly smallest: number; readonly largest: number },
): void {
  const gibibytes = size.toMebibytes() / 1024;
  if (Number.isInteger(gibibytes) && gibibytes >= smallest && gibibytes <= largest) return;
  const remedy = `${cloud} makes volumes of ${smallest} to ${largest} GiB: Size.gibibytes(20)`;
  faults.add("dataVolume/size", `must be a whole number of GiB in reach, got ${size}`, remedy);
}

/** Checks what a team says of where its volume stands. Null: it does not say. */
export function validateVolumeLocation(faults: Faults, stated: string | null, server: string): void {
  if (stated === null || stated === server || isLateBound(stated) || isLateBound(server)) return;
  const remedy = "a server reaches volumes of its own location only; put it there, or copy the data to a new volume";
  faults.add("dataVolume/location", `is ${stated}, and the server stands in ${server}`, remedy);
}

/** Has a plan refuse a volume that the server could not reach; `own` is Terraform's expression for where it stands. */
export function sameLocation(own: string, server: string): TerraformPrecondition {
  return {
    condition: `\${${own} == "${server}"}`,
    errorMessage: `dataVolume: stands in \${${own}}, and the server in ${server}; a server reaches volumes of its own location only.`,
  };
}

interface TerraformPrecondition {
  readonly condition: string;
  readonly errorMessage: string;
}
