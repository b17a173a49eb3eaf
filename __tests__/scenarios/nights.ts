import { setTimeout as sleep } from "node:timers/promises";
import type { DeployedStack } from "./deployed-stack";
import type { NoticeReceivers } from "./notice-receivers";

/** A run, as `single-host backup list` has it. */
export interface BackupRun {
  readonly run: string;
  readonly complete: boolean;
}

/** Nightly backups, begun by the host's own unit, and what everybody hears of them. */
export class Nights {
  constructor(
    private readonly host: DeployedStack,
    private readonly receivers: () => NoticeReceivers,
  ) {}

  /** One that goes well: status is green, and the dead-man's switch hears of it. Its run. */
  async good(): Promise<string> {
    const pings = this.pings;
    expect(await this.begin()).toBe(0);
    expect(await this.problems()).toEqual([]);
    expect(this.pings).toBe(pings + 1);
    const [newest, ...others] = await this.runs();
    for (const { complete } of others) expect(complete).toBe(true); // what had failed is gone
    return newest?.run as string;
  }

  /** One that fails: the exit code, status, the people who are told and the dead-man's switch say the same. */
  async failing(reason: RegExp): Promise<void> {
    const told = this.failures.length;
    expect(await this.begin()).toBe(1);
    await this.failed(reason, told);
  }

  /** Begins one, and returns once it has said something. */
  async beginUntil(said: string): Promise<void> {
    await this.host.onServer("sudo systemctl start --no-block single-host-backup.service");
    await this.host.onServer(UNTIL_SAID, said);
  }

  /** Killed with all that it has started, once it has said something. */
  async killedAt(said: string, before = async () => {}): Promise<void> {
    const told = this.failures.length;
    await this.beginUntil(said);
    await before();
    await this.host.onServer("sudo systemctl kill --signal=KILL single-host-backup.service");
    await this.failed(/ended by signal 9/, told);
  }

  /** All that there are, the newest first. */
  async runs(): Promise<readonly BackupRun[]> {
    return JSON.parse(await this.host.onServer("sudo single-host backup list --json"));
  }

  /** What the last one has said. */
  async said(): Promise<string> {
    return this.host.onServer(
      'sudo journalctl --output=cat "_SYSTEMD_INVOCATION_ID=$(systemctl show --property=InvocationID --value single-host-backup.service)"',
    );
  }

  /** What status says is wrong; its exit code says the same. */
  async problems(): Promise<readonly string[]> {
    const line = "sudo single-host status --json";
    const { code, stdout } = await this.host.now.login.attempt(line, undefined, [0, 1]);
    const { problems } = JSON.parse(stdout);
    expect(code).toBe(problems.length === 0 ? 0 : 1);
    return problems;
  }

  /** Begins one and waits for its end; the program's exit code. */
  private async begin(): Promise<number> {
    await this.host.now.login.attempt("sudo systemctl start single-host-backup.service", undefined, [0, 1]);
    const code = await this.host.onServer(
      "systemctl show --property=ExecMainStatus --value single-host-backup.service",
    );
    return Number(code);
  }

  private async failed(reason: RegExp, toldBefore: number): Promise<void> {
    await until(async () => this.failures.length > toldBefore && this.alarms.length > toldBefore);
    expect(this.alarms).toHaveLength(toldBefore + 1);
    expect(this.failures).toHaveLength(toldBefore + 1);
    expect(this.failures[toldBefore]).toMatchObject({ host: "chitram-beta", event: "failed", task: "backup" });
    expect(this.failures[toldBefore]?.text).toMatch(reason);
    const problems = await this.problems();
    expect(problems).toEqual([expect.stringMatching(/^the last backup failed: /)]);
    expect(problems[0]).toMatch(reason);
  }

  private get failures(): readonly { readonly text: string }[] {
    return this.receivers()
      .of("webhook")
      .map(({ body }) => JSON.parse(body));
  }

  private get pings(): number {
    return this.receivers()
      .of("ping")
      .filter(({ path }) => path === "/ping/key").length;
  }

  /** What the switch is told at once, rather than by silence. */
  private get alarms(): readonly unknown[] {
    return this.receivers().of("ping/key/fail");
  }
}

/** Reads a pattern, and waits until the backup that runs has said it. */
const UNTIL_SAID = `
read -r said
for _ in $(seq 2400); do
  if [ "$(systemctl is-active single-host-backup.service)" = activating ]; then
    run=$(systemctl show --property=InvocationID --value single-host-backup.service)
    sudo journalctl --output=cat "_SYSTEMD_INVOCATION_ID=$run" | grep -Eq "$said" && exit
  fi
  sleep 0.05
done
echo "it did not say: $said" >&2
exit 1`;

/** Waits five minutes for something that takes its time. */
export async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await what()); tries++) {
    if (tries === 300) throw new Error("it did not come");
    await sleep(1000);
  }
}
