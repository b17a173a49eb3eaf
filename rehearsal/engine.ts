import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "./cache";
import { command } from "./command";
import type { Progress } from "./preparation";

const engineLog = "/var/log/cdktf-single-host-dockerd.log";

/** Finds a Docker engine that answers. Where none does and we may, installs and starts the distribution's own. */
export async function ensureEngine(progress: Progress): Promise<void> {
  if (await engineAnswers()) return;
  const remedy = "start Docker (or install it: docs.docker.com/engine/install) and let your user reach it";
  if (process.getuid?.() !== 0) throw new Error(`docker: no engine answers; ${remedy}`);
  if (!(await onPath("dockerd"))) {
    progress("Docker engine", "none answers: installing the distribution's docker.io");
    await installPackages(["docker.io"], remedy);
  }
  // newer distributions keep the client in a package of its own
  if (!(await onPath("docker"))) await installPackages(["docker-cli"], remedy);
  if (await engineAnswers()) return;
  progress("Docker engine", `starting dockerd, log in ${engineLog}`);
  await startEngine();
  for (let attempt = 0; attempt < 120; attempt++) {
    if (await engineAnswers()) return;
    await sleep(250);
  }
  throw new Error(`dockerd: does not answer 30 s after its start; read ${engineLog}`);
}

/** Installs packages by apt when we are root on a system that has it; otherwise the remedy is the user's. */
export async function installPackages(packages: readonly string[], remedy: string): Promise<void> {
  if (process.getuid?.() !== 0 || !(await onPath("apt-get"))) throw new Error(remedy);
  mkdirSync(join(cacheFolder, "logs"), { recursive: true });
  const options = {
    log: join(cacheFolder, "logs", "apt.log"),
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  await command(["apt-get", "-q", "update"], options);
  await command(["apt-get", "-qy", "install", "--no-install-recommends", ...packages], options);
}

/** Whether a program is there. */
export async function onPath(program: string): Promise<boolean> {
  return (process.env.PATH ?? "").split(":").some((folder) => folder !== "" && existsSync(join(folder, program)));
}

async function engineAnswers(): Promise<boolean> {
  try {
    await command(["docker", "version", "--format", "{{.Server.Version}}"]);
    return true;
  } catch {
    return false;
  }
}

async function startEngine(): Promise<void> {
  if (existsSync("/run/systemd/system")) {
    await command(["systemctl", "start", "docker"]);
    return;
  }
  forgetDeadProcess("/var/run/docker.pid", "dockerd");
  forgetDeadProcess("/var/run/docker/containerd/containerd.pid", "containerd");
  const log = openSync(engineLog, "a");
  spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] }).unref();
  closeSync(log);
}

/** An engine that was killed leaves its number behind; another process may have it by now, and dockerd would give up. */
function forgetDeadProcess(pidFile: string, program: string): void {
  if (!existsSync(pidFile)) return;
  try {
    if (basename(readlinkSync(`/proc/${readFileSync(pidFile, "utf8").trim()}/exe`)) === program) return;
  } catch {
    // nobody has that number
  }
  rmSync(pidFile, { force: true });
}
