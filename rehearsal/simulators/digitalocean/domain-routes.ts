import { isIPv4, isIPv6 } from "node:net";
import { fullName } from "../served-names";
import type { Api } from "../simulated-api";
import { bodyOf, found, nothing, page, text, unprocessable } from "./answers";
import type { CloudAccount } from "./cloud-account";
import type { Domain, DomainRecord } from "./state";

const ZONE = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/i;
const TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];
const POINTING = ["CNAME", "MX", "NS", "SRV"];
const DEFAULT_TTL = 1800;

/** Zones and their records. What they say is at once what the embedded cloud's DNS answers. */
export function routeDomains(api: Api, account: CloudAccount): void {
  const domainOf = (name: string): Domain => found(account.value.domains[name.toLowerCase()]);
  const recordOf = (domain: Domain, id: string): DomainRecord =>
    found(domain.records.find((record) => String(record.id) === id));

  api.get("/v2/domains", (context) =>
    page(context, "domains", Object.values(account.value.domains).map(describeDomain)),
  );
  api.post("/v2/domains", async (context) => {
    const body = await bodyOf(context);
    const name = text(body.name).toLowerCase();
    if (!ZONE.test(name)) throw unprocessable("Name is not a valid domain name");
    if (account.value.domains[name] !== undefined) throw unprocessable("Name already exists");
    const records = ["ns1", "ns2", "ns3"].map((server) =>
      newRecord(account, { type: "NS", name: "@", data: `${server}.digitalocean.com` }),
    );
    if (body.ip_address !== undefined)
      records.push(newRecord(account, { type: "A", name: "@", data: body.ip_address }));
    const domain = { name, ttl: DEFAULT_TTL, records };
    account.value.domains[name] = domain;
    account.adopt(`do:domain:${name}`);
    // the zone file is written a moment later, so the real answer has none yet either
    return Response.json({ domain: { name, ttl: DEFAULT_TTL, zone_file: null } }, { status: 201 });
  });
  api.get("/v2/domains/:domain", (context) =>
    Response.json({ domain: describeDomain(domainOf(context.req.param("domain"))) }),
  );
  api.delete("/v2/domains/:domain", (context) => {
    const { name } = domainOf(context.req.param("domain"));
    delete account.value.domains[name];
    account.forget(`do:domain:${name}`);
    return nothing();
  });

  api.get("/v2/domains/:domain/records", (context) => {
    const domain = domainOf(context.req.param("domain"));
    const { name, type } = context.req.query();
    const listed = domain.records.filter(
      (record) =>
        (type === undefined || record.type === type) &&
        (name === undefined || fullName(record.name, domain.name) === name),
    );
    return page(context, "domain_records", listed);
  });
  api.post("/v2/domains/:domain/records", async (context) => {
    const domain = domainOf(context.req.param("domain"));
    const record = newRecord(account, normalize(await bodyOf(context), domain));
    refuseSharedAlias(domain, record);
    domain.records.push(record);
    return Response.json({ domain_record: record }, { status: 201 });
  });
  api.get("/v2/domains/:domain/records/:id", (context) =>
    Response.json({ domain_record: recordOf(domainOf(context.req.param("domain")), context.req.param("id")) }),
  );
  const change = async (name: string, id: string, body: Record<string, unknown>): Promise<Response> => {
    const domain = domainOf(name);
    const record = recordOf(domain, id);
    const data = POINTING.includes(record.type) && record.data !== "@" ? `${record.data}.` : record.data;
    const changed = newRecord(account, normalize({ ...record, data, ...body, type: record.type }, domain), record.id);
    refuseSharedAlias(domain, changed);
    domain.records = domain.records.map((other) => (other.id === record.id ? changed : other));
    return Response.json({ domain_record: changed });
  };
  api.put("/v2/domains/:domain/records/:id", async (context) =>
    change(context.req.param("domain"), context.req.param("id"), await bodyOf(context)),
  );
  api.patch("/v2/domains/:domain/records/:id", async (context) =>
    change(context.req.param("domain"), context.req.param("id"), await bodyOf(context)),
  );
  api.delete("/v2/domains/:domain/records/:id", (context) => {
    const domain = domainOf(context.req.param("domain"));
    const { id } = recordOf(domain, context.req.param("id"));
    domain.records = domain.records.filter((record) => record.id !== id);
    return nothing();
  });
}

/** Names are kept short (`www`, `@`) and targets without their last dot, which is how the real API reads back. */
function normalize(body: Record<string, unknown>, domain: Domain): Record<string, unknown> {
  const suffix = `.${domain.name}.`;
  const name = text(body.name).toLowerCase();
  const short = name === `${domain.name}.` ? "@" : name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  const data = text(body.data);
  const pointing = POINTING.includes(text(body.type));
  if (pointing && data !== "@" && !data.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
  return { ...body, name: short, data: pointing ? data.replace(/\.$/, "") : data };
}

function newRecord(account: CloudAccount, body: Record<string, unknown>, id = account.nextId()): DomainRecord {
  const type = text(body.type);
  const data = text(body.data);
  if (!TYPES.includes(type)) throw unprocessable("Type is not included in the list");
  if (text(body.name) === "") throw unprocessable("Name can't be blank");
  if (data === "") throw unprocessable("Data can't be blank");
  if (type === "A" && !isIPv4(data)) throw unprocessable("Data needs to be a valid IPv4 address");
  if (type === "AAAA" && !isIPv6(data)) throw unprocessable("Data needs to be a valid IPv6 address");
  const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
  const ttl = number(body.ttl) ?? 0;
  if (ttl !== 0 && ttl < 30) throw unprocessable("TTL must be at least 30 seconds");
  return {
    id,
    type,
    name: text(body.name),
    data,
    priority: ["MX", "SRV"].includes(type) ? (number(body.priority) ?? 0) : null,
    port: type === "SRV" ? (number(body.port) ?? 0) : null,
    ttl: ttl === 0 ? DEFAULT_TTL : ttl,
    weight: type === "SRV" ? (number(body.weight) ?? 0) : null,
    flags: type === "CAA" ? (number(body.flags) ?? 0) : null,
    tag: type === "CAA" ? text(body.tag) : null,
  };
}

// The same address twice under one name is taken by the real API; a CNAME beside anything else is not.
function refuseSharedAlias(domain: Domain, record: DomainRecord): void {
  const others = domain.records.filter((other) => other.name === record.name && other.id !== record.id);
  if (others.some((other) => other.type === "CNAME" || record.type === "CNAME")) {
    throw unprocessable("CNAME records cannot share a name with other records");
  }
}

function describeDomain(domain: Domain): Record<string, unknown> {
  const head = [
    `$ORIGIN ${domain.name}.`,
    `$TTL ${domain.ttl}`,
    `${domain.name}. IN SOA ns1.digitalocean.com. hostmaster.${domain.name}. 1700000000 10800 3600 604800 1800`,
  ];
  const lines = domain.records.map(
    (record) => `${fullName(record.name, domain.name)}. ${record.ttl} IN ${record.type} ${record.data}`,
  );
  return { name: domain.name, ttl: domain.ttl, zone_file: `${[...head, ...lines].join("\n")}\n` };
}
