/**
 * A deploy that fails halfway is finished by running it again: the API answers 500, the package mirror is down for a minute.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Cdktf } from "../../rehearsal/cdktf";
import { RunningCloud } from "../../rehearsal/cloud";
import { reach } from "../../rehearsal/stack-rehearsal";
import { answersFor } from "../../rehearsal/variables";
import { cloudFromNothing, scenarioSteps, withLogs, workspaceOf } from "./deployment";

let cloud: RunningCloud;

beforeAll(async () => {
  cloud = await cloudFromNothing(scenarioSteps());
});

afterAll(() => RunningCloud.down());

it("is finished by the next deploy", () =>
  withLogs(cloud, "failed-halfway", async () => {
    const workspace = workspaceOf("ordinary", "ordinary");
    workspace.create();
    const first = new Cdktf(workspace, cloud.environment({}));
    await first.synth();
    await first.init();
    const environment = cloud.environment(answersFor(workspace, { variables: { QUOTED: "value" } }));
    const cdktf = new Cdktf(workspace, environment);

    // the API fails in the middle: what was made is kept, the exit code is true
    await cloud.control("POST", "/control/fail", {
      api: "digitalocean",
      method: "POST",
      path: "/v2/firewalls",
      nth: 1,
      status: 500,
    });
    expect((await cdktf.deploy([1])).output).toMatch(/500/);
    const { digitalocean } = await cloud.control("GET", "/control/state");
    const [server] = Object.keys(digitalocean.droplets);
    expect(server).toBeDefined();

    // the server itself came up while its package mirror was away
    await cdktf.deploy();
    const after = await cloud.control("GET", "/control/state");
    expect(Object.keys(after.digitalocean.droplets)).toEqual([server]);
    const { visitor } = await reach(cloud, workspace, environment, cdktf);
    expect((await visitor.visit("/")).status).toBe(200);
    expect((await cdktf.plan()).code).toBe(0);
  }));

it("waits for a package mirror that is away for a minute, and says so", () =>
  withLogs(cloud, "failed-halfway", async () => {
    const workspace = workspaceOf("ordinary", "ordinary");
    const environment = cloud.environment(answersFor(workspace, { variables: { QUOTED: "value" } }));
    const cdktf = new Cdktf(workspace, environment);
    workspace.edit("main.ts", (text) => text.replace('"ordinary", {', '"ordinary", { protection: false,'));
    await cdktf.deploy();
    await cdktf.destroy();
    const mirror = cloud.embedded.packageMirrorDown(60);
    const { output } = await cdktf.deploy([0, 1]);
    await mirror;
    expect(output).toMatch(/package/i);
    await sleep(1000);
    await cdktf.deploy();
    const { visitor } = await reach(cloud, workspace, environment, cdktf);
    expect((await visitor.visit("/")).status).toBe(200);
  }));
