import { type Domain, zoneOf } from "../model/domain";

/** Short, so that a server which comes back at another address is found within minutes. */
export const TIME_TO_LIVE_SECONDS = 300;

/** A record that a host needs in a zone of its cloud. */
export interface WantedRecord {
  readonly domain: Domain;
  /** The whole name: `www.chitram.example`. */
  readonly hostName: string;
  /** The name within the zone: `@`, `www`. */
  readonly name: string;
  readonly type: "A" | "AAAA";
  readonly value: string;
}

/** Points every name that lies in one of the zones to the server, over IPv4 and IPv6. */
export function wantedRecords(request: {
  readonly domains: readonly Domain[];
  readonly hostNames: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
}): WantedRecord[] {
  return [...new Set(request.hostNames)].flatMap((hostName) => {
    const domain = zoneOf(hostName, request.domains);
    const name = domain?.recordName(hostName);
    if (domain === undefined || name === null || name === undefined) return [];
    return [
      { domain, hostName, name, type: "A", value: request.ipv4 },
      { domain, hostName, name, type: "AAAA", value: request.ipv6 },
    ];
  });
}
