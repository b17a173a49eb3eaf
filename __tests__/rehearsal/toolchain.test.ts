import { isOlder } from "../../rehearsal/toolchain";

describe("isOlder", () => {
  it.each([
    ["1.9", "1.26.8", true],
    ["1.26", "1.26.8", true],
    ["1.26.8", "1.26.8", false],
    ["1.26.10", "1.26.8", false],
    ["1.4.7", "1.5.0", true],
  ])("%s against %s is %s", (version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected);
  });
});
