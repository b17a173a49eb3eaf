import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

export interface MachineSize {
  readonly vcpus: number;
  readonly memoryMebibytes: number;
}

/** A server may do nearly everything; `--privileged` would also ask for what some machines cannot give. */
const capabilities = [
  ...["AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH"],
  ...["FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE"],
  ...["MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID"],
  ...["SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_TTY_CONFIG", "SYSLOG"],
  "WAKE_ALARM",
  // to grow a file system that is mounted
  ...(canGive(24) ? ["SYS_RESOURCE"] : []),
];

/** What Docker is told of every server. */
export const powers: readonly string[] = [
  ...["seccomp", "apparmor", "systempaths"].flatMap((profile) => ["--security-opt", `${profile}=unconfined`]),
  // loop devices, tun and fuse
  ...["b 7:* rwm", "c 10:200 rwm", "c 10:229 rwm"].flatMap((rule) => ["--device-cgroup-rule", rule]),
  ...capabilities.flatMap((capability) => ["--cap-add", capability]),
];

/**
 * As many processors as the size has, while this machine has them. Memory gets a gibibyte on top: a simulated server
 * cannot swap, and what a real one would swap out has to stay somewhere.
 */
export function limits(id: number, { vcpus, memoryMebibytes }: MachineSize): string[] {
  const present = cpus().length;
  const chosen = Array.from({ length: Math.min(vcpus, present) }, (_, index) => (id + index) % present);
  const memory = `${memoryMebibytes + 1024}m`;
  return ["--cpuset-cpus", chosen.join(","), "--memory", memory, "--memory-swap", "-1"];
}

/** Whether a capability, by its number, can be had on this machine at all. */
function canGive(capability: number): boolean {
  const status = "/proc/self/status";
  if (!existsSync(status)) return false;
  const [, bounds = "0"] = readFileSync(status, "utf8").match(/^CapBnd:\s*([0-9a-f]+)$/m) ?? [];
  return ((BigInt(`0x${bounds}`) >> BigInt(capability)) & 1n) === 1n;
}
