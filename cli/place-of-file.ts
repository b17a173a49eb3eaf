import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputFault } from "./fault";

/** The file that an option names, whole; where it can't be, that is said before the work and not after it. */
export function placeOfFile(option: string, given: string): string {
  const file = resolve(given);
  if (existsSync(dirname(file))) return file;
  throw new InputFault(option, `there is no folder ${dirname(file)}`, "make it, or name a file in another");
}
