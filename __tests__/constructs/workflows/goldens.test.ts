import { basename } from "node:path";
import { expectGolden } from "../../golden";
import { chitram, deita, rendered } from "./shapes";

describe.each([
  ["chitram", chitram],
  ["deita", deita],
])("%s", (name, shape) => {
  const files = rendered(shape());

  test.each(Object.keys(files))("%s", (path) => {
    expectGolden(`constructs/workflows/goldens/${name}.${basename(path)}.golden.txt`, files[path] ?? "");
  });

  test("the same stack gives the same bytes", () => {
    expect(rendered(shape())).toEqual(files);
  });
});
