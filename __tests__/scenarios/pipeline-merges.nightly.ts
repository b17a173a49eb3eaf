/**
 * The stack in the repository, after the pull request: each night somebody looks whether the server is still what main says.
 */
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { DeployedPipeline } from "./deployed-pipeline";
import { layApplication, layStack, setKeysForCdktf } from "./pipeline-stack";
import type { PushedRepository } from "./pushed-repository";

const pipeline = new DeployedPipeline("pipeline-merges");
const { part } = pipeline;
let stack: RehearsedStack;
let repository: PushedRepository;
let main: string;

beforeAll(async () => {
  ({ stack, repository } = pipeline.now);
  await setKeysForCdktf(repository, stack);
  layStack(repository.checkout.folder, stack.workspace);
  await repository.push("The stack, without a workflow yet", {});
  layApplication(repository.checkout.folder, stack.workspace);
  main = await repository.push("The application and its workflows", {});
});

part("each night somebody looks: what was changed by hand is an issue until it is put back", async () => {
  expect(await repository.plannedAtNight(main)).toMatchObject({ conclusion: "success", jobs: { Drift: "success" } });
  expect(await issues()).toEqual([]);

  await rename("renamed-by-hand");
  expect((await repository.plannedAtNight(main)).conclusion).toBe("success");
  const [found, ...others] = await issues();
  expect(others).toEqual([]);
  expect(found).toMatchObject({ title: "Drift: chitram-beta", state: "open" });
  expect(found.body).toMatch(/Changed by hand[\s\S]*renamed-by-hand/);

  await rename("chitram-beta");
  expect((await repository.plannedAtNight(main)).conclusion).toBe("success");
  expect(await issues()).toMatchObject([{ number: found.number, state: "closed" }]);
});

/** As somebody does in the cloud's console. */
async function rename(name: string): Promise<void> {
  const { DIGITALOCEAN_TOKEN, DIGITALOCEAN_API_URL } = stack.environment;
  const headers = { authorization: `Bearer ${DIGITALOCEAN_TOKEN}`, "content-type": "application/json" };
  const droplets = `${DIGITALOCEAN_API_URL}/v2/droplets`;
  const [server] = ((await (await fetch(droplets, { headers })).json()) as { droplets: { id: number }[] }).droplets;
  const body = JSON.stringify({ type: "rename", name });
  const { ok, status } = await fetch(`${droplets}/${server?.id}/actions`, { method: "POST", headers, body });
  if (!ok) throw new Error(`rename: ${status}`);
}

// biome-ignore lint/suspicious/noExplicitAny: as GitHub answers
async function issues(): Promise<any[]> {
  const all = await repository.api("GET", "/issues?state=all");
  return all.filter(({ pull_request: pull }: { pull_request?: unknown }) => pull === undefined || pull === null);
}
