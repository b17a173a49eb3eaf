import { isObject } from "../json-file";
import type { ResourceChange } from "../plan";
import type { SecurityChange } from "./security-change";
import { attributeOf, same } from "./values";

/** How a provider writes the rules for what comes in. */
interface Grammar {
  readonly attribute: string;
  readonly port: string;
  readonly sources: readonly string[];
  /** @default - every rule is for what comes in */
  readonly direction?: string;
}

const GRAMMARS: Readonly<Record<string, Grammar>> = {
  digitalocean_firewall: {
    attribute: "inbound_rule",
    port: "port_range",
    sources: ["source_addresses", "source_droplet_ids", "source_tags", "source_load_balancer_uids"],
  },
  digitalocean_database_firewall: { attribute: "rule", port: "type", sources: ["value"] },
  hcloud_firewall: { attribute: "rule", port: "port", sources: ["source_ips"], direction: "in" },
};

const EVERYBODY = new Set(["0.0.0.0/0", "::/0"]);

/** Ports that a plan opens or closes; `undefined`: not a firewall that is known here. */
export function firewallChanges({ type, address, change }: ResourceChange): SecurityChange[] | undefined {
  const grammar = Object.hasOwn(GRAMMARS, type) ? GRAMMARS[type] : undefined;
  if (grammar === undefined) return undefined;
  const { actions, before, after, after_unknown: unknown } = change;
  const isNew = !actions.includes("update") && !actions.includes("delete");
  if (actions.every((action) => action === "no-op" || action === "read")) return [];
  if (actions.includes("delete") && !actions.includes("create")) {
    return [{ effect: "opens", what: "the firewall goes: nothing is held off any more", subject: address }];
  }
  const later = attributeOf(unknown, grammar.attribute);
  if (later === true) return [{ effect: "look", what: "rules that are known only after apply", subject: address }];
  const [old, fresh] = [rulesOf(before, grammar), rulesOf(after, grammar)];
  return [
    ...only(fresh, old).map(({ port, from }): SecurityChange => {
      return isNew
        ? { effect: "begins", what: `open ${from}`, subject: port }
        : { effect: "opens", what: `opened ${from}`, subject: port };
    }),
    ...only(old, fresh).map(
      ({ port, from }): SecurityChange => ({ effect: "closes", what: `closed ${from}`, subject: port }),
    ),
    ...targets(change),
  ];
}

/** A port as a firewall lets somebody in. */
interface Rule {
  readonly port: string;
  /** `to everybody` */
  readonly from: string;
}

function only(those: ReadonlyMap<string, Rule>, others: ReadonlyMap<string, Rule>): Rule[] {
  const rules = [...those].flatMap(([key, rule]) => (others.has(key) ? [] : [rule]));
  return rules.sort((one, other) => one.port.localeCompare(other.port, "en", { numeric: true }));
}

/** One entry a port and a source, so that a widened rule shows what it was widened by. */
function rulesOf(values: unknown, grammar: Grammar): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  const list = attributeOf(values, grammar.attribute);
  for (const rule of Array.isArray(list) ? list : []) {
    if (!isObject(rule) || (grammar.direction !== undefined && rule.direction !== grammar.direction)) continue;
    const port = [rule.protocol, rule[grammar.port]].filter(
      (part) => part !== null && part !== undefined && part !== "",
    );
    const sources = grammar.sources.flatMap((attribute) => [rule[attribute] ?? []].flat().map(String));
    const everybody = sources.some((source) => EVERYBODY.has(source));
    for (const source of everybody ? ["everybody", ...sources.filter((each) => !EVERYBODY.has(each))] : sources) {
      rules.set(JSON.stringify([port, source]), { port: port.join(" "), from: `to ${source}` });
    }
  }
  return rules;
}

/** A firewall that is taken from its servers holds nothing off, whatever its rules say. */
function targets({ before, after, after_unknown: unknown }: ResourceChange["change"]): SecurityChange[] {
  return ["droplet_ids", "apply_to", "tags"].flatMap((attribute): SecurityChange[] => {
    const [old, fresh] = [attributeOf(before, attribute), attributeOf(after, attribute)];
    if (!Array.isArray(old) || attributeOf(unknown, attribute) === true) return [];
    const left = old.filter((each) => !(Array.isArray(fresh) && fresh.some((other) => same(each, other))));
    if (left.length === 0) return [];
    return [{ effect: "opens", what: "the firewall is taken from", subject: `${attribute} ${JSON.stringify(left)}` }];
  });
}
