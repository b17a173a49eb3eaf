import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installPackages, onPath } from "../../rehearsal/engine";
import type { DeployedStack } from "./deployed-stack";
import { Letters, type Loss, lossOf, report } from "./letters";
import { type, wordsUnder, writeRunbook } from "./runbook";

export interface LostStateProps {
  /** PostgreSQL's user and database. */
  readonly database: string;
  /** Variables that the team has lost, too: they are in nobody's head. */
  readonly given: readonly string[];
}

/**
 * The server is deleted at the cloud, Terraform's state is gone, secrets that were given are forgotten. What is left: the
 * team's repository, the tokens, the bucket's name, the password of the backups.
 */
export function lostState(host: DeployedStack, { database, given }: LostStateProps): void {
  const { part } = host;
  const { application } = host.props;
  const letters = new Letters(host, database);
  let loss: Loss;
  let runbook: string;
  let password: string;
  let before: string;

  beforeAll(async () => {
    if (!(await onPath("restic"))) await installPackages(["restic"], "restic: not found on PATH; install it");
  });

  /** The secrets that the application and the backups have, unseen. */
  const secrets = () =>
    host.onServer(
      `sudo python3 -c 'import hashlib, json
secrets = json.load(open("/var/lib/single-host/good/secrets.json"))
known = [secrets["application"], secrets["backup"]["RESTIC_PASSWORD"]]
print(hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest())'`,
    );

  const typed = (lines: readonly string[]) =>
    type(host, lines, {
      RESTIC_PASSWORD: password,
      ...Object.fromEntries(given.map((name) => [`TF_VAR_${name}`, undefined])),
    });

  describe("Terraform's state and the server, lost", () => {
    part("is refused while the server stands, and says what to do", async () => {
      runbook = await writeRunbook(host);
      const state = JSON.parse(host.now.workspace.read(`terraform.${host.now.workspace.stack}.tfstate`));
      const drawn = state.resources.find(({ name }: { name: string }) => name === "host_backup_password");
      password = drawn.instances[0].attributes.result;
      await letters.begin();
      await letters.write(200);
      const still = await application.keep(host.now.visitor);
      await host.onServer("sudo single-host backup now");
      const saved = await letters.read();
      await letters.write(1);
      before = await secrets();

      loseTheState(host);
      const words = wordsUnder(runbook, "Terraform's state is lost too");
      await expect(typed(words)).rejects.toThrow(/still stands at .*sudo single-host backup now/s);

      const lostAt = Date.now();
      await host.loseServer();
      const told = await typed(words);
      await host.meetAgain();
      await host.untilHealthy(60);
      const back = await letters.read();
      loss = lossOf(saved, back, lostAt, Date.now());
      expect(back).toEqual(saved);
      await still();
      expect(told).not.toContain(password);
    });

    part("keeps every secret as it was", async () => {
      expect(await secrets()).toBe(before);
    });

    part("leaves Terraform nothing to do, and one of each thing in the account", async () => {
      expect((await host.now.cdktf.plan()).code).toBe(0);
      const { cloud } = host.props;
      const control = await host.now.cloud.control("GET", "/control/state");
      expect(cloud.servers(control)).toHaveLength(1);
      const kinds = cloud.remains(control).map((thing) => thing.split("/")[0]);
      expect(kinds.filter((kind) => kind === "firewalls" || kind === "keys" || kind === "ssh_keys")).toHaveLength(2);
    });

    part("is refused once the state is there again", async () => {
      const [recover = ""] = wordsUnder(runbook, "Terraform's state is lost too");
      await expect(typed([recover])).rejects.toThrow(/its server \d+ stands/);
    });

    part("finishes by the same words what Ctrl-C has interrupted", async () => {
      const [recover = ""] = wordsUnder(runbook, "Terraform's state is lost too");
      loseTheState(host);
      await host.loseServer();
      const said = join(host.now.workspace.logs, "interrupted.log");
      // A job of its own is what a terminal interrupts: all its processes at once.
      const told = await typed([
        "set -m",
        `${recover} > '${said}' 2>&1 & job=$!`,
        `until grep "^Terraform's state: [a-z]*_" '${said}' || ! kill -0 $job; do sleep 0.2; done`,
        "kill -INT -- -$job; code=0; wait $job || code=$?; echo exit $code",
      ]);
      expect(told).toContain("exit 130");
      expect(readFileSync(said, "utf8")).toContain("the same words again finish");
      expect(await typed([recover])).toMatch(/^next:/m);
    });
  });

  afterAll(() => {
    if (loss !== undefined) process.stdout.write(`${report(loss)}\n`);
  });
}

function loseTheState(host: DeployedStack): void {
  const { stateFile, folder } = host.now.workspace;
  for (const file of [stateFile, `${stateFile}.backup`, `${folder}/cdktf.out`]) {
    rmSync(file, { recursive: true, force: true });
  }
}
