import type { ResourceChange } from "../plan";
import type { Reason } from "./remedy";
import { attributeOf, formatChange } from "./values";

/** What a change in place loses, though the resource stays. */
export interface Loss extends Reason {
  readonly attribute: string;
  readonly holds: string;
}

/** Switches that delete something when they are switched off, by type. */
const SWITCHES: Readonly<Record<string, readonly Omit<Loss, "because">[]>> = {
  hcloud_server: [
    {
      attribute: "backups",
      holds: "every backup that Hetzner has made of the server: switching them off deletes them",
      remedy: "put backups back; a backup that is made a snapshot first, in Hetzner's console, stays",
    },
  ],
};

/** What a change in place loses; `undefined`: nothing that is known. */
export function lossOf({ type, change }: ResourceChange): Loss | undefined {
  const known = Object.hasOwn(SWITCHES, type) ? (SWITCHES[type] ?? []) : [];
  const isOn = (values: unknown, { attribute }: Omit<Loss, "because">) => attributeOf(values, attribute) === true;
  const loss = known.find((each) => isOn(change.before, each) && !isOn(change.after, each));
  if (loss === undefined) return undefined;
  return { ...loss, because: `${loss.attribute} ${formatChange(change, [loss.attribute])}` };
}
