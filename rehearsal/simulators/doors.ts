import { connect, createServer, type Server, type Socket } from "node:net";

/** Ports at the gateway of the servers' network that lead to the simulators, which listen on the loopback alone. */
export const DOORS = { github: 47081, digitalocean: 47082, hetzner: 47083, storage: 47084 } as const;

/** What can be closed with all who are still there. */
export type Door = Pick<Server, "close"> & { closeAllConnections(): void };

/** Lets in who is on the servers' network: the front that answers under the companies' real names. */
export function openDoor(address: string, port: number, target: string): Promise<Door> {
  const { hostname, port: targetPort } = new URL(target);
  const open = new Set<Socket>();
  const closeAllConnections = () => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((client) => {
    open.add(client);
    client.once("close", () => open.delete(client));
    const inside = connect(Number(targetPort), hostname);
    for (const [one, other] of [
      [client, inside],
      [inside, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => resolve(Object.assign(server, { closeAllConnections })));
  });
}
