import type { Api } from "../simulated-api";
import {
  type Body,
  bodyOf,
  created,
  flag,
  invalidInput,
  notSimulated,
  notUnique,
  objects,
  protectedFrom,
  refusal,
  text,
} from "./answers";
import type { CloudProject } from "./cloud-project";
import { readLabels } from "./labels";
import { filtered } from "./listing";
import { page } from "./pages";
import { readTtl } from "./records";
import { now, type Zone } from "./state";
import { addRecordSet, findZone, newRecordSet } from "./zones";

const NAME_SERVERS = ["hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com.", "helium.ns.hetzner.de."];
const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
/** A name right below a public suffix, `chitram.example` or `chitram.co.uk`; Hetzner takes no zone for less. */
const ZONE = new RegExp(`^(?=.{1,253}$)${LABEL}\\.(((ac|co|com|edu|gov|net|or|org)\\.[a-z]{2})|${LABEL})$`);
const DEFAULT_TTL = 3600;

/** Zones. What their records say is at once what the embedded cloud's DNS answers. */
export function routeZones(api: Api, project: CloudProject): void {
  const { zones } = project.value;
  const zone404 = (idOrName: string): Zone => findZone(project, idOrName);

  api.get("/v1/zones", (context) => page(context, "zones", filtered(context, Object.values(zones)).map(describe)));
  api.post("/v1/zones", async (context) => {
    const zone = readZone(project, await bodyOf(context));
    zones[zone.id] = zone;
    return created({ zone: describe(zone), action: project.begin("create_zone", [own(zone)], async () => {}) });
  });
  api.get("/v1/zones/:zone", (context) => Response.json({ zone: describe(zone404(context.req.param("zone"))) }));
  api.put("/v1/zones/:zone", async (context) => {
    const zone = zone404(context.req.param("zone"));
    zone.labels = readLabels(await bodyOf(context), zone.labels);
    return Response.json({ zone: describe(zone) });
  });
  api.delete("/v1/zones/:zone", (context) => {
    const zone = zone404(context.req.param("zone"));
    if (zone.protection.delete) throw protectedFrom("zone");
    const action = project.begin("delete_zone", [own(zone)], async () => {
      delete zones[zone.id];
    });
    return created({ action });
  });

  api.post("/v1/zones/:zone/actions/change_protection", async (context) => {
    const zone = zone404(context.req.param("zone"));
    zone.protection = { delete: flag(await bodyOf(context), "delete", zone.protection.delete) };
    return created({ action: project.begin("change_protection", [own(zone)], async () => {}) });
  });
  api.post("/v1/zones/:zone/actions/change_ttl", async (context) => {
    const zone = zone404(context.req.param("zone"));
    const ttl = readTtl((await bodyOf(context)).ttl);
    if (ttl === null) throw invalidInput("ttl", "is required");
    zone.ttl = ttl;
    return created({ action: project.begin("change_ttl", [own(zone)], async () => {}) });
  });
  api.post("/v1/zones/:zone/actions/change_primary_nameservers", (context) => {
    zone404(context.req.param("zone"));
    throw refusal("incorrect_zone_mode", "this operation is not supported for this zone's mode");
  });
}

function readZone(project: CloudProject, body: Body): Zone {
  const name = text(body.name);
  if (!ZONE.test(name)) throw invalidInput("name", "must be a domain right below a public suffix, in lower case");
  if (Object.values(project.value.zones).some((other) => other.name === name)) {
    throw notUnique("name", `zone '${name}' already exists`);
  }
  if (body.mode === "secondary") throw notSimulated("zones that are kept elsewhere (mode secondary)");
  if (body.mode !== "primary") throw invalidInput("mode", "must be one of primary, secondary");
  if (body.zonefile) throw notSimulated("zone files");
  const zone: Zone = {
    ...{ id: project.nextId(), name, labels: readLabels(body), created: now() },
    ...{ mode: "primary", ttl: readTtl(body.ttl) ?? DEFAULT_TTL, protection: { delete: false }, rrsets: {} },
  };
  const soa = `${NAME_SERVERS[0]} dns.hetzner.com. ${now().slice(0, 10).replaceAll("-", "")}00 86400 10800 3600000 3600`;
  addRecordSet(zone, newRecordSet("@", "SOA", [{ value: soa, comment: "" }]));
  addRecordSet(
    zone,
    newRecordSet(
      "@",
      "NS",
      NAME_SERVERS.map((value) => ({ value, comment: "" })),
    ),
  );
  if (objects(body, "rrsets").length > 0) throw notSimulated("record sets in the order for a zone");
  return zone;
}

const own = ({ id }: Zone) => ({ id, type: "zone" }) as const;

function describe(zone: Zone): Record<string, unknown> {
  const { rrsets, ...rest } = zone;
  return {
    ...rest,
    status: "ok",
    record_count: Object.values(rrsets).reduce((sum, { records }) => sum + records.length, 0),
    primary_nameservers: [],
    registrar: "other",
    authoritative_nameservers: {
      assigned: NAME_SERVERS,
      delegated: NAME_SERVERS,
      delegation_last_check: zone.created,
      delegation_status: "valid",
    },
  };
}
