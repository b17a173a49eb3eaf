import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

describe("madeOnce", () => {
  let folder: string;
  let madeOnce: typeof import("../../rehearsal/cache").madeOnce;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cache-test-"));
    process.env.XDG_CACHE_HOME = folder;
    jest.resetModules();
    ({ madeOnce } = require("../../rehearsal/cache"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("makes a thing once, and finds it the second time", async () => {
    const make = jest.fn(async (place: string) => writeFileSync(join(place, "file"), "made"));

    const first = await madeOnce("things/one", make);
    const second = await madeOnce("things/one", make);

    expect(second).toBe(first);
    expect(make).toHaveBeenCalledTimes(1);
    expect(readFileSync(join(first, "file"), "utf8")).toBe("made");
  });

  it("leaves nothing that looks finished when the work fails", async () => {
    const make = async (place: string) => {
      writeFileSync(join(place, "half"), "");
      throw new Error("no space left");
    };

    await expect(madeOnce("things/two", make)).rejects.toThrow("no space left");

    expect(existsSync(join(folder, "cdktf-single-host", "things", "two"))).toBe(false);
    expect(readdirSync(join(folder, "cdktf-single-host", "things"))).toEqual([]);
  });

  it("lets two at once end with one thing", async () => {
    const make = async (place: string) => writeFileSync(join(place, "file"), place);

    const [first, second] = await Promise.all([madeOnce("things/three", make), madeOnce("things/three", make)]);

    expect(first).toBe(second);
    expect(readdirSync(join(folder, "cdktf-single-host", "things"))).toEqual(["three"]);
  });
});
