import { found } from "./answers";
import type { CloudProject } from "./cloud-project";
import type { RecordSet, Zone, ZoneRecord } from "./state";

/** By number or by name. */
export function findZone({ value }: CloudProject, idOrName: string): Zone {
  const zone = value.zones[idOrName] ?? Object.values(value.zones).find(({ name }) => name === idOrName);
  return found(zone, "zone", idOrName);
}

export function newRecordSet(name: string, type: string, records: ZoneRecord[]): RecordSet {
  return { id: `${name}/${type}`, name, type, ttl: null, labels: {}, protection: { change: false }, records };
}

export function addRecordSet(zone: Zone, set: RecordSet): void {
  zone.rrsets[set.id] = set;
}
