/**
 * A deploy to Hetzner that fails halfway is finished by running it again: the API answers 500, there is no room, actions end
 * in errors; a locked volume and the rate limit are waited for.
 */
import { hetzner, resizedTo } from "./clouds";
import { HalfwayFailure } from "./halfway";

const halfway = new HalfwayFailure("failed-halfway-hetzner", hetzner, (workspace) =>
  workspace.edit("main.ts", (text) =>
    text
      .replace("ComposeApp, ", "ComposeApp, DataVolume, Size, ")
      .replace("  sites: [", '  dataVolume: DataVolume.create(Size.gibibytes(10), { volumes: ["rows"] }),\n  sites: ['),
  ),
);
const { part } = halfway;

halfway.isTold();
halfway.isFinished();

part("a resize that finds no room leaves the server off, says so, and is finished by the next deploy", async () => {
  const order = { api: "hetzner", method: "ACTION", path: "change_server_type", code: "resource_unavailable" };
  await halfway.now.control("POST", "/control/fail", order);
  halfway.workspace.edit("main.ts", resizedTo(hetzner.nextSize));
  expect((await halfway.cdktf.deploy([1])).output).toMatch(/\(resource_unavailable\b/);
  await halfway.cdktf.deploy();
  const { visitor } = await halfway.reached();
  await visitor.untilWell("/", 120, 200);
  expect((await halfway.cdktf.plan()).code).toBe(0);
});
