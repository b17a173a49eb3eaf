/**
 * A stack with every mistake at once: one message names them all, with path, value and remedy, and nothing is created.
 */

import { Cdktf } from "../../rehearsal/cdktf";
import { RunningCloud } from "../../rehearsal/cloud";
import { cloudFromNothing, scenarioSteps, workspaceOf } from "./deployment";

let cloud: RunningCloud;

beforeAll(async () => {
  cloud = await cloudFromNothing(scenarioSteps());
});

afterAll(() => RunningCloud.down());

it("says all faults of a stack in one message, and creates nothing", async () => {
  const workspace = workspaceOf("faulty", "faulty");
  workspace.create();
  const environment = { ...cloud.environment({}), DIGITALOCEAN_TOKEN: undefined };
  const { output } = await new Cdktf(workspace, environment).deploy([1]);
  for (const fault of [
    /s-3vcpu-3gb/,
    /nyc9/,
    /https:\/\/faulty\.example/,
    /shop\.faulty\.example.*shop/,
    /70000/,
    /NOTHING/,
    /NOBODY/,
    /ONE/,
    /API_TOKEN/,
    /root.*privileged|privileged.*root/,
    /DIGITALOCEAN_TOKEN/,
  ]) {
    expect(output).toMatch(fault);
  }
  const { calls } = await cloud.control("GET", "/control/calls");
  expect(calls.filter(({ api }: { api: string }) => api !== "control")).toEqual([]);
});
