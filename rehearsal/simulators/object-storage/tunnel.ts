import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectSecurely } from "node:tls";

/** Where a proxy was asked to lead. */
export function destinationOf({ url }: IncomingMessage): { host: string; port: number } {
  const { hostname, port } = new URL(`http://${url}`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) };
}

/** The address of a server of the rehearsal that has a name; null for all the world's names. */
export type LookUp = (name: string) => Promise<string | null>;

/**
 * Connects a client with whom it asked for: with the rehearsal's server that has the name, else in the way this machine
 * reaches the world. Nobody looks at what passes.
 */
export async function passThrough(incoming: IncomingMessage, client: Duplex, lookUp: LookUp): Promise<void> {
  const { host, port } = destinationOf(incoming);
  const own = await lookUp(host);
  const proxy = own === null ? proxyFor(host, process.env) : null;
  const upstream = proxy === null ? connect(port, own ?? host) : connectTo(proxy);
  let connected = false;
  upstream.once(proxy?.protocol === "https:" ? "secureConnect" : "connect", () => {
    connected = true;
    // another proxy gets the same question, and its answer goes back
    if (proxy === null) client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    else upstream.write(question(incoming.url ?? "", proxy));
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on("error", () => {
    if (connected) client.destroy();
    else client.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
  });
  client.on("error", () => upstream.destroy());
  client.on("close", () => upstream.destroy());
}

/** The proxy that this machine needs itself to reach a host; null where it needs none. */
function proxyFor(host: string, { HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy }: NodeJS.ProcessEnv): URL | null {
  const proxy = HTTPS_PROXY || https_proxy;
  const exceptions = (NO_PROXY || no_proxy || "").split(",").map((name) => name.trim().replace(/^\*?\.?/, ""));
  const excepted = exceptions.some((name) => name !== "" && (host === name || host.endsWith(`.${name}`)));
  return !proxy || excepted ? null : new URL(/:\/\//.test(proxy) ? proxy : `http://${proxy}`);
}

function connectTo({ protocol, hostname, port }: URL): Socket {
  if (protocol === "https:") return connectSecurely(Number(port || 443), hostname, { servername: hostname });
  return connect(Number(port || 80), hostname);
}

function question(target: string, { username, password }: URL): string {
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const authorization = username === "" ? "" : `proxy-authorization: Basic ${credentials}\r\n`;
  return `CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n${authorization}\r\n`;
}
