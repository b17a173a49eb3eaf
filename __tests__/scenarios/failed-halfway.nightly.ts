/**
 * A deploy that fails halfway is finished by running it again: the API answers 500, the package mirror is down for a minute.
 */
import { digitalocean } from "./clouds";
import { HalfwayFailure } from "./halfway";

const halfway = new HalfwayFailure("failed-halfway", digitalocean);
const { part } = halfway;

beforeAll(() => halfway.now.embedded.packageMirrorDown(60));

halfway.isTold();

part("a package mirror that is away for a minute is waited for, and named", async () => {
  const { output } = await halfway.cdktf.deploy([0, 1]);
  expect(output).toMatch(/waiting for converge .*packages: .*Failed to fetch/);
});

halfway.isFinished();
