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

/** What a deploy of a faulty project says, before it has spoken with anybody. */
async function refusal(project: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const workspace = workspaceOf(project, "bad-input");
  workspace.create();
  const { output } = await new Cdktf(workspace, { ...cloud.environment({}), ...environment }).deploy([1]);
  const { calls } = await cloud.control("GET", "/control/calls");
  expect(calls.filter(({ api }: { api: string }) => api !== "control")).toEqual([]);
  return output;
}

it("says all faults of a stack in one message, and creates nothing", async () => {
  const output = await refusal("faulty", { DIGITALOCEAN_TOKEN: undefined });
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
});

it("says all that Hetzner would refuse, with what it would take", async () => {
  const output = await refusal("faulty-hetzner", { HCLOUD_TOKEN: "short" });
  for (const fault of [
    /not-there\] server\/type: cx23 is not offered in ash; choose one of cpx11.*; or one of fsn1, nbg1, hel1/,
    /retired\] server\/type: cx21 is not offered any more.*; choose cx23/,
    /droplet-size\] server\/type: is a size of DigitalOcean, got "s-2vcpu-2gb"; .* choose one of cx23/,
    /hetzner-size\] server\/size: is a size of Hetzner, got "cx23"; .* choose one of s-1vcpu/,
    /far-volume\] dataVolume\/location: is hel1, and the server stands in nbg1; .*copy the data/,
    /arm\] app\/images\/web: is built for amd64 alone, and the server is arm64; .*architectures/,
    /arm\] app\/services\/old\/platform: is linux\/amd64, and the server is arm64; drop platform:/,
    /under_score\] name: is no name of a server, got "under_score"; Hetzner takes 1-63 of/,
    /large\] user data: must be at most 32768 bytes, got \d+; move/,
    /HCLOUD_TOKEN must have 64 characters, got 5; copy the whole of it/,
  ]) {
    expect(output).toMatch(fault);
  }
});
