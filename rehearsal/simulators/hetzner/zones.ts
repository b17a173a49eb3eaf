import { fullName, type ServedRecord } from "../served-names";
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

/** A zone's records with whole names as targets: one without a last dot is of the zone itself. */
export function servedRecords({ name: zone, rrsets }: Zone): ServedRecord[] {
  const target = (value: string) => (value.endsWith(".") ? value.slice(0, -1) : fullName(value, zone));
  return Object.values(rrsets).flatMap(({ name, type, records }) =>
    records.map(({ value }) => ({ name, type, value: type === "CNAME" ? target(value) : value })),
  );
}
