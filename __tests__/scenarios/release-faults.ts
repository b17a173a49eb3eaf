import type { DeployedStack } from "./deployed-stack";
import { ballast, type ReleasedHost } from "./released-host";

/** Answers `localhost`, as its health check calls it, and fails for everybody else. */
const UNWELL = `
from photos.main import create as photos

def create():
    app = photos()
    async def answer(scope, receive, send):
        host = dict(scope.get("headers", [])).get(b"host", b"")
        if scope["type"] != "http" or host.startswith(b"localhost"):
            return await app(scope, receive, send)
        print("no tenant has the name", host.decode())
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"no such tenant"})
    return answer
`;

/**
 * Releases that go wrong, on a host with visitors where 1.0 serves: images that never serve, two at once, a registry that
 * goes away in the middle of a pull. Nobody notices any of it, and each says what was wrong. The slow ones are nightly.
 */
export function releaseFaults(host: DeployedStack, released: ReleasedHost): void {
  const { part } = host;

  describe("nobody notices a release", () => {
    part("of an image for another processor, which is refused once it is pulled", async () => {
      const foreign = await released.publishForAnotherProcessor("2.1-foreign");
      const before = await host.containers();
      await released.unnoticed("1.0", async () => {
        const { code, output } = await released.release("2.1-foreign");
        expect(code).toBe(2);
        expect(output).toMatch(new RegExp(`release/app: \\S+ is for ${foreign}, and this server is .*build it for`));
      });
      expect(await host.containers()).toBe(before);
      expect((await released.releases())[0]).toMatchObject({
        outcome: "failed",
        reason: expect.stringMatching(foreign),
      });
    });

    part("of an image that never becomes healthy, which is given up at the deadline, with its last words", async () => {
      const waits = 'CMD ["sh", "-c", "echo waits for a queue that nobody has; exec sleep infinity"]';
      await released.publish("2.1-silent", { lines: [waits] });
      const before = await host.containers();
      await released.unnoticed("1.0", async () => {
        const { code, output } = await released.release("2.1-silent");
        expect(code).toBe(1);
        expect(output).toMatch(/app \| waits for a queue that nobody has/);
        expect(output).toMatch(/services\/app: is starting after 20 s/);
      });
      expect(await host.containers()).toBe(before);
      expect((await released.releases())[0]).toMatchObject({
        outcome: "failed",
        reason: expect.stringMatching(/20 s/),
      });
    });

    part("of an image that is healthy and answers 500 under the site's name", async () => {
      const command =
        '["python", "-u", "-m", "uvicorn", "photos.unwell:create", "--factory", "--host", "0.0.0.0", "--port", "8000"]';
      await released.publish("2.1-unwell", { lines: [`CMD ${command}`], modules: { unwell: UNWELL } });
      const before = await host.containers();
      await released.unnoticed("1.0", async () => {
        const { code, output } = await released.release("2.1-unwell");
        expect(code).toBe(1);
        expect(output).toMatch(/app \| no tenant has the name chitram\.example/);
        expect(output).toMatch(/services\/app: its new container answers 500 at \/health on port 8000/);
      });
      expect(await host.containers()).toBe(before);
      expect((await released.releases())[0]).toMatchObject({ outcome: "failed", reason: expect.stringMatching(/500/) });
    });
  });

  describe("two releases at once", () => {
    part("come one after the other, and the later one stays", async () => {
      await Promise.all(["2.1", "2.2"].map((version) => released.publish(version)));
      const { failed } = await released.underLoad(async () => {
        const first = released.release("2.1");
        await released.untilStep("^release");
        const second = await released.release("2.2");
        expect(second.output).toMatch(/waiting for release \(pid \d+, since /);
        expect([(await first).code, second.code]).toEqual([0, 0]);
      });
      expect(failed).toEqual([]);
      expect(await released.versionServed()).toBe("2.2");
      const [last, before] = await released.releases();
      expect([last?.outcome, before?.outcome, last?.current]).toEqual(["good", "good", true]);
    });
  });

  describe("a registry that goes away in the middle of a pull", () => {
    part("fails nothing when it comes back", async () => {
      await released.publish("2.3", { lines: [ballast(256 * 1024 ** 2)] });
      const { failed } = await released.underLoad(async () => {
        const lost = released.loseRegistryInMidLayer(4);
        expect((await released.release("2.3")).code).toBe(0);
        expect(await lost).toBeGreaterThan(0);
      });
      expect(failed).toEqual([]);
      expect(await released.versionServed()).toBe("2.3");
    });
  });
}
