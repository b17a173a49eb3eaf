import { listOf, type Mapping, mappingOf, textOf } from "../../constructs/model/compose-fields";
import { privilegesOf } from "../../constructs/model/compose-service";
import { readCompose } from "./compose-text";
import type { ConfigurationApplied } from "./configuration";
import type { SecurityChange } from "./security-change";

/** Who may log in, what the sites let through, and what services may do to the server. */
export function accessChanges({ texts, files }: ConfigurationApplied): SecurityChange[] {
  const changes: SecurityChange[] = [];
  if (files.changed.includes("program")) {
    const what = "another version of the program that hardens the server (sshd, firewall, updates)";
    changes.push({ effect: "look", what, subject: "program" });
  }
  const { before, after } = texts["host.json"] ?? { before: null, after: null };
  if (before === null || after === null) return changes;
  const [old, fresh] = [parse(before), parse(after)];
  return [
    ...changes,
    ...compare(keysOf(old), keysOf(fresh)),
    ...compare(waysOf(old), waysOf(fresh)),
    ...compare(opennessOf(old, fresh), opennessOf(fresh, old)),
    ...compare(privileges(texts, old, "before"), privileges(texts, fresh, "after")),
  ];
}

/** What is open, as a sentence for when it comes and one for when it goes. */
interface Opening {
  readonly opens: string;
  readonly closes: string;
  readonly subject: string;
}

type Openings = ReadonlyMap<string, Opening>;

function compare(before: Openings, after: Openings): SecurityChange[] {
  const only = (those: Openings, others: Openings) =>
    [...those].flatMap(([key, each]) => (others.has(key) ? [] : [each]));
  return [
    ...only(after, before).map(({ opens, subject }): SecurityChange => ({ effect: "opens", what: opens, subject })),
    ...only(before, after).map(({ closes, subject }): SecurityChange => ({ effect: "closes", what: closes, subject })),
  ];
}

function keysOf(settings: Mapping): Openings {
  const keys = (list: unknown, may: string) =>
    listOf(list).map((line): [string, Opening] => {
      const [type = "", key = "", ...comment] = String(line).trim().split(" ");
      const subject = [type, `...${key.slice(-8)}`, ...comment].join(" ");
      return [
        `${may} ${type} ${key}`,
        { opens: `a key is added, which ${may}`, closes: `a key goes, which ${may}`, subject },
      ];
    });
  return new Map([
    ...keys(settings.deploy_keys, "logs in and may do anything (sudo)"),
    ...keys(settings.release_keys, "may release, and nothing else"),
  ]);
}

/** Each way through Caddy to a service. */
function waysOf(settings: Mapping): Openings {
  const ways = listOf(settings.sites).flatMap((site) =>
    listOf(mappingOf(site).upstreams).map((upstream): [string, Opening] => {
      const { service, port, path } = mappingOf(upstream);
      const subject = `${textOf(mappingOf(site).address)}${textOf(path)} to ${textOf(service)}:${textOf(port)}`;
      return [
        subject,
        { opens: "a service is reached from outside", closes: "a service is no longer reached", subject },
      ];
    }),
  );
  return new Map(ways);
}

/** What stands open, of the sites that are there before and after: no HTTPS, or no password of those that the other side asks. */
function opennessOf(settings: Mapping, other: Mapping): Openings {
  const addresses = listOf(settings.sites).map((site) => mappingOf(site));
  const plain = addresses
    .filter(({ tls }) => tls === false)
    .flatMap(({ names, address }) => [...listOf(names), textOf(address)].slice(0, 1).map(String));
  const passwords = ({ basic_auth }: Mapping) =>
    listOf(basic_auth).map((each) => `${textOf(mappingOf(each).user)} (${textOf(mappingOf(each).file)})`);
  const missing = passwords(other).filter((password) => !passwords(settings).includes(password));
  return new Map([
    ...plain.map((subject): [string, Opening] => {
      return [
        `http ${subject}`,
        { opens: "a site is served without HTTPS", closes: "a site is no longer served without HTTPS", subject },
      ];
    }),
    ...missing.map((subject): [string, Opening] => {
      return [
        `password ${subject}`,
        { opens: "a password before a site goes", closes: "a password is asked before a site", subject },
      ];
    }),
  ]);
}

function privileges(texts: ConfigurationApplied["texts"], settings: Mapping, side: "before" | "after"): Openings {
  const file = textOf(mappingOf(settings.application).compose_file);
  const services = Object.entries(mappingOf(readCompose(texts[`app/${file}`]?.[side] ?? "")?.services));
  return new Map(
    services.flatMap(([service, fields]) =>
      privilegesOf(mappingOf(fields)).map(({ said }): [string, Opening] => {
        const subject = `${service}: ${said}`;
        return [
          subject,
          { opens: "a service becomes as strong as root", closes: "a service is no longer as strong as root", subject },
        ];
      }),
    ),
  );
}

function parse(text: string): Mapping {
  try {
    return mappingOf(JSON.parse(text));
  } catch {
    return {}; // not as this version writes it
  }
}
