import { stringify } from "yaml";
import type { HostModel } from "../constructs/model/host";

/** The network between Caddy and the services of sites. It is made once for the server, outside any compose project. */
export const EDGE = {
  /** Name of the Docker network. */
  network: "edge",
  /** Key of that network in an application's overlay: a team's own file may have an `edge` of its own. */
  key: "single-host-edge",
  subnet: "172.31.255.0/24",
  gateway: "172.31.255.1",
} as const;

/** Renders the compose file of Caddy, a project of its own that no release touches. It lives in /srv/edge. */
export function renderEdgeCompose(host: HostModel): string {
  const project = {
    name: "edge",
    services: {
      caddy: {
        image: host.caddyImage,
        restart: "unless-stopped",
        ports: ["80:80/tcp", "443:443/tcp", "443:443/udp"],
        networks: [EDGE.network],
        // The folder, not the file: a file that is replaced would not be seen inside.
        volumes: ["./caddy:/etc/caddy:ro", "./log:/var/log/caddy", "data:/data", "config:/config"],
        cap_drop: ["ALL"],
        cap_add: ["NET_BIND_SERVICE"],
        security_opt: ["no-new-privileges:true"],
        read_only: true,
        tmpfs: ["/tmp"],
        stop_grace_period: "35s",
        logging: {
          driver: "json-file",
          options: {
            "max-size": `${host.containerLog.maximumSize.toMebibytes()}m`,
            "max-file": String(host.containerLog.files),
          },
        },
      },
    },
    networks: { [EDGE.network]: { name: EDGE.network, external: true } },
    volumes: { data: { name: "edge-data" }, config: { name: "edge-config" } },
  };
  return `# Written by cdktf-single-host: changes made here are lost.\n${stringify(project)}`;
}
