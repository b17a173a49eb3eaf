import type { IncomingMessage } from "node:http";

/** What a request to Spaces is about. */
export interface SpacesTarget {
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

const HOST = /^(?:(?<bucket>[a-z0-9][a-z0-9.-]*)\.)?(?<region>[a-z]{3}\d)\.digitaloceanspaces\.com$/;

/** Reads a proxied request, in virtual-host or in path style; undefined when it is not meant for Spaces. */
export function targetOf({ url = "" }: IncomingMessage): SpacesTarget | undefined {
  if (!/^http:\/\//i.test(url)) return undefined;
  const { hostname, port, pathname, search, searchParams } = new URL(url);
  const named = HOST.exec(hostname)?.groups;
  if (named?.region === undefined || (port !== "" && port !== "80")) return undefined;
  const [, first = "", ...rest] = pathname.split("/");
  const [bucket, key] = named.bucket === undefined ? [first, `/${rest.join("/")}`] : [named.bucket, pathname];
  // the URL class may write a path otherwise than it was signed
  const path = url.replace(/^http:\/\/[^/?]+/i, "").replace(/^(?=\?|$)/, "/");
  return { region: named.region, bucket, key, query: search, parameters: searchParams, path };
}
