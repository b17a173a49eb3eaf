import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command";

/** What is looked at first when a server did not become what it should. */
const looks: Readonly<Record<string, readonly string[]>> = {
  "journal.log": ["journalctl", "--no-pager", "--output", "short-iso", "--lines", "5000"],
  "failed-units.txt": ["systemctl", "--no-pager", "--failed"],
  "cloud-init-status.txt": ["cloud-init", "status", "--long"],
  "containers.txt": ["docker", "ps", "--all"],
};

/** Gathers a server's logs. A server that is off still tells what is on its disk. */
export async function collectMachineLogs(container: string, running: boolean, folder: string): Promise<void> {
  await keep(join(folder, "console.log"), ["docker", "logs", container]);
  const copied = ["/var/log/cloud-init.log", "/var/log/cloud-init-output.log", "/var/log/syslog"];
  for (const file of copied) {
    await command(["docker", "cp", `${container}:${file}`, folder], { accept: [0, 1] });
  }
  if (!running) return;
  for (const [name, argv] of Object.entries(looks)) {
    await keep(join(folder, name), ["docker", "exec", container, ...argv]);
  }
  const names = ["docker", "exec", container, "docker", "ps", "--all", "--format", "{{.Names}}"];
  const { stdout, code } = await command(names, { accept: anyCode });
  if (code !== 0) return;
  mkdirSync(join(folder, "containers"), { recursive: true });
  for (const name of stdout.split("\n").filter((line) => line !== "")) {
    const logs = ["docker", "exec", container, "docker", "logs", "--timestamps", "--tail", "500", name];
    await keep(join(folder, "containers", `${name}.log`), logs);
  }
}

const anyCode = Array.from({ length: 256 }, (_, code) => code);

/** A log that cannot be had says why in its place; the others are gathered all the same. */
async function keep(file: string, argv: readonly string[]): Promise<void> {
  const { output } = await command(argv, { accept: anyCode });
  writeFileSync(file, output);
}
