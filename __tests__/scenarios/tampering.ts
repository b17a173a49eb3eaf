import { readFileSync } from "node:fs";
import { join } from "node:path";

type OnServer = (line: string, input?: string) => Promise<string>;

const script = readFileSync(join(__dirname, "tamper.sh"), "utf8");

/** From now on a part of a backup is what a shell command, run in the part's folder, has made of it: see tamper.sh. */
export async function tamper(onServer: OnServer, run: string, part: string, command: string): Promise<void> {
  const words = [run, part, command].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  await onServer(`sudo bash -c "$(cat)" tamper ${words.join(" ")} </dev/null`, script);
}

/** The newest backup's name. */
export async function newestRun(onServer: OnServer): Promise<string> {
  const [newest] = JSON.parse(await onServer("sudo single-host backup list --json"));
  return newest.run;
}
