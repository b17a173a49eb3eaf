import type { IncomingMessage } from "node:http";

/** Whose object storage is asked. */
export type Company = "DigitalOcean" | "Hetzner";

/** What a request to object storage is about. */
export interface StorageTarget {
  readonly company: Company;
  readonly region: string;
  /** Empty for the list of buckets. */
  readonly bucket: string;
  /** `/` for the bucket itself. */
  readonly key: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
  readonly parameters: URLSearchParams;
  /** What is asked of the server, unchanged. */
  readonly path: string;
}

const HOSTS: Readonly<Record<Company, RegExp>> = {
  DigitalOcean: /^(?:(?<bucket>[a-z0-9][a-z0-9.-]*)\.)?(?<region>[a-z]{3}\d)\.digitaloceanspaces\.com$/,
  Hetzner: /^(?:(?<bucket>[a-z0-9][a-z0-9.-]*)\.)?(?<region>fsn1|nbg1|hel1)\.your-objectstorage\.com$/,
};

interface Named {
  readonly company: Company;
  readonly region: string;
  readonly bucket: string | undefined;
}

/** What a host's name says; undefined when it is nobody's object storage. */
export function storageNamed(host: string): Named | undefined {
  for (const company of ["DigitalOcean", "Hetzner"] as const) {
    const { region, bucket } = HOSTS[company].exec(host)?.groups ?? {};
    if (region !== undefined) return { company, region, bucket };
  }
  return undefined;
}

/**
 * Reads a request, in virtual-host or in path style: one that came to a proxy names the host in its first line, one in
 * a tunnel in its header. Undefined when it is not meant for object storage.
 */
export function targetOf({ url = "", headers }: IncomingMessage, inTunnel: boolean): StorageTarget | undefined {
  const whole = inTunnel ? `https://${headers.host}${url}` : url;
  if (!/^https?:\/\//i.test(whole)) return undefined;
  const { hostname, port, pathname, search, searchParams } = new URL(whole);
  const named = storageNamed(hostname);
  // the URL class leaves a scheme's own port out
  if (named === undefined || port !== "") return undefined;
  const [, first = "", ...rest] = pathname.split("/");
  const [bucket, key] = named.bucket === undefined ? [first, `/${rest.join("/")}`] : [named.bucket, pathname];
  // the URL class may write a path otherwise than it was signed
  const path = whole.replace(/^https?:\/\/[^/?]+/i, "").replace(/^(?=\?|$)/, "/");
  return { ...named, bucket, key, query: search, parameters: searchParams, path };
}
