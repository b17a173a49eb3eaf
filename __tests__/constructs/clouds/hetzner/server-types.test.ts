import { locations } from "../../../../constructs/clouds/hetzner/locations";
import {
  findRetiredServerType,
  retiredServerTypes,
  type ServerTypeSlug,
  serverTypes,
  serverTypesIn,
} from "../../../../constructs/clouds/hetzner/server-types";

/** The sizes of types that serverTypes does not know any more, as Hetzner had them: vCPUs, GiB of memory, GB of disk. */
const sizesThen: Record<string, readonly [number, number, number]> = {
  cx11: [1, 2, 20],
  cx21: [2, 4, 40],
  cx31: [2, 8, 80],
  cx41: [4, 16, 160],
  cx51: [8, 32, 240],
  cx22: [2, 4, 40],
  cx32: [4, 8, 80],
  cx42: [8, 16, 160],
  cx52: [16, 32, 320],
  cpx11: [2, 2, 40],
  cpx21: [3, 4, 80],
  cpx31: [4, 8, 160],
  cpx41: [8, 16, 240],
  cpx51: [16, 32, 360],
  ccx11: [2, 8, 80],
  ccx21: [4, 16, 160],
  ccx31: [8, 32, 240],
  ccx41: [16, 64, 360],
  ccx51: [32, 128, 600],
  ccx12: [2, 8, 80],
  ccx22: [4, 16, 160],
  ccx32: [8, 32, 240],
  ccx42: [16, 64, 360],
  ccx52: [32, 128, 600],
  ccx62: [48, 192, 960],
};

describe.each(Object.entries(sizesThen))("%s is retired", (retired, [vcpus, memory, disk]) => {
  const { successors } = retiredServerTypes[retired as keyof typeof retiredServerTypes];

  test.each([...successors])("%s is no smaller, and of the same processor", (name) => {
    const successor = serverTypes[name as ServerTypeSlug];
    expect(successor.architecture).toBe("amd64");
    expect(successor.vcpus).toBeGreaterThanOrEqual(vcpus);
    expect(successor.memoryMebibytes).toBeGreaterThanOrEqual(memory * 1024);
    expect(successor.diskGibibytes).toBeGreaterThanOrEqual(disk);
  });
});

test("every retired type has its size above", () => {
  expect(Object.keys(retiredServerTypes)).toEqual(Object.keys(sizesThen));
});

test("a retired type names what is offered in its place, nearest first", () => {
  expect(findRetiredServerType("cx21", "nbg1")).toEqual({ since: "2024-09", successors: ["cx23", "cx33", "cpx22"] });
  expect(findRetiredServerType("cx21", "sin")).toEqual({ since: "2024-09", successors: ["cpx22"] });
  expect(findRetiredServerType("ccx12", "ash")).toEqual({ since: null, successors: ["ccx13"] });
});

test("a type that is retired in Europe alone is not retired in America", () => {
  expect(findRetiredServerType("cpx21", "fsn1")?.successors).toEqual(["cx33", "cpx32"]);
  expect(findRetiredServerType("cpx21", "ash")).toBeUndefined();
});

test("what is offered today is not retired, nor is what never was a type", () => {
  expect(findRetiredServerType("cx33", "nbg1")).toBeUndefined();
  expect(findRetiredServerType("s-2vcpu-2gb", "nbg1")).toBeUndefined();
  expect(findRetiredServerType("constructor", "nbg1")).toBeUndefined();
});

test("each place offers its own types", () => {
  expect(serverTypesIn("nbg1")).toEqual(serverTypesIn("hel1"));
  expect(serverTypesIn("nbg1")).toEqual(expect.arrayContaining(["cx33", "cax11", "cpx22", "ccx13"]));
  expect(serverTypesIn("ash")).toEqual(expect.arrayContaining(["cpx21", "ccx13"]));
  expect(serverTypesIn("ash").filter((name) => /^(cx|cax)/.test(name))).toEqual([]);
  expect(serverTypesIn("sin").filter((name) => /^(cx|cax)|cpx.1/.test(name))).toEqual([]);
  expect(serverTypesIn("nyc3")).toEqual([]);
});

test("every type is offered in places that Hetzner has", () => {
  for (const type of Object.values(serverTypes)) {
    expect(Object.keys(locations)).toEqual(expect.arrayContaining([...type.locations]));
  }
});
