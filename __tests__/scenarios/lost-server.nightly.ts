/**
 * chitram-beta's server is deleted at the cloud, and somebody types what the runbook says: a new server serves with the rows
 * and photos of the last backup, over HTTPS, and Terraform has nothing to add. It prints how long that took and what was lost.
 */
import { keep } from "../../rehearsal/bench/deployment";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { Letters, type Loss, lossOf, report } from "./letters";
import { type, wordsUnder, writeRunbook } from "./runbook";

const host = new DeployedStack({
  scenario: "lost-server",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});
const { part } = host;
const letters = new Letters(host, "chitram");

let loss: Loss;
let runbook: string;

describe("a lost server", () => {
  part("has a runbook that says what a loss costs, as measured, and is not given up while it stands", async () => {
    await host.onServer("sudo single-host backup now && sudo single-host drill");
    runbook = await writeRunbook(host);
    expect(runbook).toMatch(/\(RTO\) \| .* to bring all data back \(drill of \S+\)/);
    expect(runbook).toMatch(/\(RPO\) \| at most a day; the backup of \S+ was .* old when this was written/);
    const [recover = ""] = wordsUnder(runbook, "The server is lost");
    await expect(type(host, [recover])).rejects.toThrow(/its server \d+ stands at DigitalOcean/);
    expect((await host.now.cdktf.plan()).code).toBe(0);
  });

  part("is brought back by the words of the runbook, with its data", async () => {
    await letters.begin();
    await letters.write(500);
    const stillThere = await Promise.all(Array.from({ length: 5 }, () => chitram.keep(host.now.visitor)));
    await host.onServer("sudo single-host backup now");
    const saved = await letters.read();
    await letters.write(1);
    expect(await letters.read()).toHaveLength(501);

    const lostAt = Date.now();
    await host.loseServer();
    await type(host, wordsUnder(runbook, "The server is lost"));
    await host.meetAgain();
    await host.untilHealthy(60);
    const servesAt = Date.now();

    const back = await letters.read();
    expect(back).toEqual(saved);
    loss = lossOf(saved, back, lostAt, servesAt);
    for (const still of stillThere) await still();
    const { chain } = await host.now.visitor.visit("/health");
    expect(chain.join(" ")).toMatch(/pebble/i);
  });

  part("leaves Terraform nothing to do, and is protected again", async () => {
    expect((await host.now.cdktf.plan()).code).toBe(0);
    const { code, output } = await host.now.cdktf.destroy([0, 1]);
    expect(code).toBe(1);
    expect(output).toMatch(/prevent_destroy/);
  });

  part("backs up the next night as the one before did", async () => {
    const newest = async () => JSON.parse(await host.onServer("sudo single-host backup list --json"))[0];
    const before = await newest();
    await host.onServer("sudo single-host backup now");
    // of one day the last is kept
    const after = await newest();
    expect(after.complete).toBe(true);
    expect(after.run > before.run).toBe(true);
  });
});

afterAll(() => {
  if (loss === undefined) return;
  keep("recovery", loss); // for docs/numbers.md
  process.stdout.write(`${report(loss)}\n`);
});
