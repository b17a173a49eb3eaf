import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { handleRequest, type ObjectStorage } from "./requests";
import { storageNamed } from "./target";
import { destinationOf, type LookUp, passThrough } from "./tunnel";

/** The certificate of object storage's names, and its key. */
export interface StorageIdentity {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The proxy that HTTP_PROXY and HTTPS_PROXY name. It stands between the providers' S3 clients and MinIO. A plain
 * request to anybody but the clouds' object storage is refused: a rehearsal asks nothing outside by accident. A tunnel
 * to object storage ends here, so that its calls are seen too; any other leads where it was asked to.
 * @param identity null where nobody comes over TLS
 * @param lookUp the names of the rehearsal's servers, which the world does not know or has elsewhere
 */
export function objectStorageProxy(
  storage: ObjectStorage,
  identity: StorageIdentity | null,
  lookUp: LookUp = async () => null,
): Server {
  const listener = (inTunnel: boolean) => (incoming: IncomingMessage, outgoing: ServerResponse) => {
    handleRequest(storage, incoming, outgoing, inTunnel).catch((error: unknown) => {
      console.error(`object storage: ${incoming.method} ${incoming.url}:`, error);
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    });
  };
  const server = createServer(listener(false));
  const inside = identity && createSecureServer({ cert: identity.certificate, key: identity.key }, listener(true));
  const tunnels = new Set<Duplex>();
  server.on("connect", (incoming: IncomingMessage, client: Duplex, first: Buffer) => {
    tunnels.add(client);
    // a client that is gone is no fault of ours
    client.on("error", () => client.destroy());
    client.once("close", () => tunnels.delete(client));
    if (first.length > 0) client.unshift(first);
    const { host, port } = destinationOf(incoming);
    if (storageNamed(host) === undefined || port !== 443 || inside === null) {
      passThrough(incoming, client, lookUp).catch(() => client.destroy());
      return;
    }
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    inside.emit("connection", client);
  });
  // the server itself forgets whom it gave a tunnel, and would wait for them for ever
  const closeOthers = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    for (const client of tunnels) client.destroy();
    closeOthers();
  };
  return server;
}
