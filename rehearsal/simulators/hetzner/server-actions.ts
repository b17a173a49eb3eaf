import { type Body, flag, invalidInput, optionalId, refusal, text } from "./answers";
import type { CloudProject } from "./cloud-project";
import { refuseFullGroup } from "./placement-group-routes";
import { primaryIpOf } from "./primary-ips";
import { changeReverseName } from "./reverse-names";
import { changeAliases, joinNetwork, leaveNetwork } from "./server-networks";
import { findServerType, serverTypeNamed, whyNotOrdered } from "./server-types";
import { firstBoot } from "./servers";
import type { Action, ActionResource, Server } from "./state";

/** Starts what is asked of a server, or refuses it. Null: the rehearsal does not know it. */
export function performAction(project: CloudProject, server: Server, command: string, body: Body): Action | null {
  const work = WORK[command];
  if (work === undefined) return null;
  const own: ActionResource = { id: server.id, type: "server" };
  project.refuseBusy(own);
  return work(project, server, body, own);
}

type Work = (project: CloudProject, server: Server, body: Body, own: ActionResource) => Action;

const powerOff =
  (command: string): Work =>
  (project, server, _body, own) =>
    project.begin(command, [own], async () => {
      if (server.status === "off") return;
      await project.machines.powerOff(server.id);
      server.status = "off";
    });

const powerOn: Work = (project, server, _body, own) => {
  const joined = server.private_net.length > 0 || ["ipv4", "ipv6"].some((type) => has(project, server, type));
  if (!joined) throw refusal("service_error", "server needs at least one network interface to be powered on");
  return project.begin("start_server", [own], async () => {
    if (server.status === "running") return;
    if (server.first_boot === null) await project.machines.powerOn(server.id);
    else await firstBoot(project, server);
    server.status = "running";
  });
};

const has = (project: CloudProject, server: Server, type: string): boolean =>
  primaryIpOf(project.value, server, type as "ipv4" | "ipv6") !== undefined;

const restart =
  (command: string, isHard: boolean): Work =>
  (project, server, _body, own) => {
    if (server.status !== "running") throw refusal("service_error", "server is not running");
    return project.begin(command, [own], async () => {
      if (!isHard) await project.machines.reboot(server.id);
      if (isHard) {
        await project.machines.powerOff(server.id);
        await project.machines.powerOn(server.id);
      }
    });
  };

// With the disk the way back is closed: a later type must have at least that disk. Without it, it stays open.
const changeType: Work = (project, server, body, own) => {
  const wanted = String(body.server_type ?? "");
  const upgradesDisk = flag(body, "upgrade_disk", false);
  const type = findServerType(wanted);
  const why = whyNotOrdered(wanted, server.location);
  if (type === undefined || why !== null) throw refusal("invalid_server_type", why ?? "server type not found");
  if (type.architecture !== serverTypeNamed(server.server_type).architecture) {
    throw refusal("invalid_server_type", "server types have different architectures");
  }
  if (type.name === server.server_type) throw refusal("invalid_server_type", "server already has this type");
  if (type.disk < server.primary_disk_size) {
    throw refusal("invalid_server_type", "server type has a smaller disk than the server");
  }
  refuseRunning(server);
  return project.begin("change_server_type", [own], async () => {
    if (server.first_boot === null) {
      await project.machines.resize(server.id, { vcpus: type.cores, memoryMebibytes: type.memory * 1024 });
    }
    server.server_type = type.name;
    if (upgradesDisk) server.primary_disk_size = type.disk;
    // Hetzner starts it again by itself
    if (server.first_boot === null) await project.machines.powerOn(server.id);
    else await firstBoot(project, server);
    server.status = "running";
  });
};

function refuseRunning(server: Server): void {
  if (server.status !== "off") throw refusal("server_not_stopped", "server must be powered off");
}

const changeProtection: Work = (project, server, body, own) => {
  const rebuild = flag(body, "rebuild", server.protection.rebuild);
  const wanted = flag(body, "delete", server.protection.delete);
  if (wanted !== rebuild) throw invalidInput("rebuild", "must be the same as delete");
  server.protection = { delete: wanted, rebuild };
  return project.done("change_protection", [own]);
};

const backups =
  (command: string, window: string | null): Work =>
  (project, server, _body, own) => {
    server.backup_window = window;
    return project.done(command, [own]);
  };

const changeDnsPtr: Work = (project, server, body, own) => {
  const addresses = Object.values(project.value.primary_ips).filter(({ assignee_id }) => assignee_id === server.id);
  changeReverseName(addresses, { ...body, ip: text(body.ip) });
  return project.begin("change_dns_ptr", [own], async () => {});
};

const addToPlacementGroup: Work = (project, server, body, own) => {
  if (server.placement_group !== null) {
    throw refusal("already_in_placement_group", "server is already part of a placement group");
  }
  refuseRunning(server);
  const id = optionalId(body, "placement_group") ?? 0;
  refuseFullGroup(project.value, id);
  server.placement_group = id;
  return project.begin("add_to_placement_group", [own], async () => {});
};

const removeFromPlacementGroup: Work = (project, server, _body, own) => {
  if (server.placement_group === null) throw refusal("service_error", "server is in no placement group");
  server.placement_group = null;
  return project.done("remove_from_placement_group", [own]);
};

/** By the last part of the path. Others exist in the real API, and are refused aloud. */
const WORK: Readonly<Record<string, Work>> = {
  poweroff: powerOff("stop_server"),
  shutdown: powerOff("shutdown_server"),
  poweron: powerOn,
  reboot: restart("reboot_server", false),
  reset: restart("reset_server", true),
  change_type: changeType,
  change_protection: changeProtection,
  enable_backup: backups("enable_backup", "22-02"),
  disable_backup: backups("disable_backup", null),
  change_dns_ptr: changeDnsPtr,
  add_to_placement_group: addToPlacementGroup,
  remove_from_placement_group: removeFromPlacementGroup,
  attach_to_network: joinNetwork,
  detach_from_network: leaveNetwork,
  change_alias_ips: changeAliases,
};
