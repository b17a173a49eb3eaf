import type { Context } from "hono";
import type { Api } from "../simulated-api";
import {
  type Body,
  bodyOf,
  created,
  flag,
  found,
  invalidInput,
  list,
  notUnique,
  objects,
  refusal,
  text,
} from "./answers";
import type { CloudProject } from "./cloud-project";
import { readLabels } from "./labels";
import { filtered } from "./listing";
import { page } from "./pages";
import { readRecordName, readRecords, readTtl, readType, refuseSharedAlias } from "./records";
import type { Action, RecordSet, Zone, ZoneRecord } from "./state";
import { addRecordSet, findZone, newRecordSet } from "./zones";

const PATH = "/v1/zones/:zone/rrsets";

/** Sets of records: all of a name and a type, changed as one. */
export function routeRecordSets(api: Api, project: CloudProject): void {
  const zoneOf = (context: Context): Zone => findZone(project, context.req.param("zone") ?? "");
  const idOf = (context: Context): string => `${context.req.param("name")}/${context.req.param("type")}`;
  const set404 = (context: Context): RecordSet => found(zoneOf(context).rrsets[idOf(context)], "RRSet", idOf(context));
  const show = (context: Context, set: RecordSet) => ({ ...set, zone: zoneOf(context).id });
  const begin = (command: string, zone: Zone): Action =>
    project.begin(command, [{ id: zone.id, type: "zone" }], async () => {});

  api.get(PATH, (context) => {
    const types = context.req.queries("type");
    const sets = filtered(context, Object.values(zoneOf(context).rrsets));
    const wanted = sets.filter(({ type }) => types === undefined || types.includes(type));
    return page(
      context,
      "rrsets",
      wanted.map((set) => show(context, set)),
      100,
    );
  });
  api.post(PATH, async (context) => {
    const zone = zoneOf(context);
    const set = readRecordSet(zone, await bodyOf(context));
    if (zone.rrsets[set.id] !== undefined) throw notUnique("name", `RRSet '${set.id}' already exists`);
    addRecordSet(zone, set);
    return created({ rrset: show(context, set), action: begin("create_rrset", zone) });
  });
  api.get(`${PATH}/:name/:type`, (context) => Response.json({ rrset: show(context, set404(context)) }));
  api.put(`${PATH}/:name/:type`, async (context) => {
    const set = set404(context);
    set.labels = readLabels(await bodyOf(context), set.labels);
    return Response.json({ rrset: show(context, set) });
  });
  api.delete(`${PATH}/:name/:type`, (context) => {
    const set = set404(context);
    refuseChange(set);
    delete zoneOf(context).rrsets[set.id];
    return created({ action: begin("delete_rrset", zoneOf(context)) });
  });
  api.post(`${PATH}/:name/:type/actions/:command`, async (context) => {
    const zone = zoneOf(context);
    const [name, type] = [context.req.param("name"), context.req.param("type")];
    const command = context.req.param("command");
    const change = CHANGES[command];
    if (change === undefined) return context.notFound();
    const body = await bodyOf(context);
    // records that are added make their set where there is none
    if (command === "add_records" && zone.rrsets[idOf(context)] === undefined) {
      addRecordSet(zone, readRecordSet(zone, { ...body, name, type }));
    } else {
      const set = set404(context);
      if (command !== "change_protection") refuseChange(set);
      change.make(set, body);
      if (set.records.length === 0) delete zone.rrsets[set.id];
    }
    return created({ action: begin(change.named, zone) });
  });
}

interface Change {
  /** What its action is called. */
  readonly named: string;
  make(set: RecordSet, body: Body): void;
}

const CHANGES: Readonly<Record<string, Change>> = {
  change_protection: {
    named: "change_rrset_protection",
    make: (set, body) => {
      set.protection = { change: flag(body, "change", set.protection.change) };
    },
  },
  change_ttl: {
    named: "change_rrset_ttl",
    make: (set, body) => {
      set.ttl = readTtl(body.ttl);
    },
  },
  set_records: {
    named: "set_rrset_records",
    make: (set, body) => {
      set.records = readRecords(body, set.type);
    },
  },
  add_records: {
    named: "add_rrset_records",
    make: (set, body) => {
      const ttl = readTtl(body.ttl);
      if (ttl !== null && set.ttl !== null && ttl !== set.ttl) throw invalidInput("ttl", "must be the RRSet's own");
      const added = readRecords(body, set.type);
      const known = added.find(({ value }) => set.records.some((record) => record.value === value));
      if (known !== undefined) throw notUnique("records", `record '${known.value}' already exists`);
      set.records = readRecords({ records: [...set.records, ...added] }, set.type);
    },
  },
  remove_records: {
    named: "remove_rrset_records",
    make: (set, body) => {
      const gone = objects(body, "records").map(({ value }) => recordOf(set, value));
      set.records = set.records.filter((record) => !gone.includes(record));
    },
  },
  update_records: {
    named: "update_rrset_records",
    make: (set, body) => {
      for (const { value, comment } of objects(body, "records")) {
        const old = recordOf(set, value);
        set.records = set.records.map((record) =>
          record === old ? { value: old.value, comment: text(comment) } : record,
        );
      }
    },
  },
};

function recordOf({ records }: RecordSet, value: unknown): ZoneRecord {
  return found(
    records.find((record) => record.value === value),
    "record",
    value,
  );
}

function readRecordSet(zone: Zone, body: Body): RecordSet {
  const type = readType(text(body.type));
  if (type === "SOA") throw invalidInput("type", "SOA is managed by Hetzner");
  const name = readRecordName(text(body.name), zone);
  refuseSharedAlias(zone, name, type);
  list(body, "records");
  const set = newRecordSet(name, type, readRecords(body, type));
  return { ...set, ttl: readTtl(body.ttl), labels: readLabels(body) };
}

function refuseChange(set: RecordSet): void {
  if (set.protection.change) throw refusal("protected", "RRSet is protected from changes", 423);
}
