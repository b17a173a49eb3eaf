import { ComposeApp } from "../../../constructs/model/compose";
import { validateHost } from "../../../constructs/model/host";
import { Size } from "../../../constructs/model/size";
import { hostOf } from "../../cloud-init/hosts";

const capacity = { vcpus: 2, memory: Size.gibibytes(4) };

function faultsOf(services: string, server: typeof capacity | null = capacity): string[] {
  const app = ComposeApp.fromText(`services:\n${services}`);
  return validateHost(hostOf({ app, capacity: server })).toLines();
}

test("limits and reservations within the server pass, however they are written", () => {
  const resources = "resources: { limits: { cpus: '2', memory: 2G }, reservations: { cpus: 0.5, memory: 512M } }";
  expect(faultsOf(`  a: { image: a, deploy: { ${resources} } }`)).toEqual([]);
  expect(faultsOf("  a: { image: a, cpus: 1.5, mem_limit: 4gb, mem_reservation: 4294967296 }")).toEqual([]);
});

test("what the server does not have is told, service by service", () => {
  const resources = "resources: { limits: { cpus: '4', memory: 8G }, reservations: { memory: 5120m } }";
  expect(
    faultsOf(`  a: { image: a, deploy: { ${resources} } }\n  b: { image: b, cpus: "2.5", mem_limit: 4097mib }`),
  ).toEqual([
    "app/services/a/limits/cpus: is 4, and the server has 2; lower it, or choose a larger server",
    "app/services/a/limits/memory: is 8 GiB, and the server has 4 GiB; lower it, or choose a larger server",
    "app/services/a/reservations/memory: is 5 GiB, and the server has 4 GiB; lower it, or choose a larger server",
    "app/services/b/limits/cpus: is 2.5, and the server has 2; lower it, or choose a larger server",
    "app/services/b/limits/memory: is 4097 MiB, and the server has 4 GiB; lower it, or choose a larger server",
  ]);
});

test("reservations that fit alone and not together are told as their sum", () => {
  expect(faultsOf("  a: { image: a, mem_reservation: 3g }\n  b: { image: b, mem_reservation: 2g }")).toEqual([
    "app/services: reserve 5 GiB of memory together, and the server has 4 GiB; lower it, or choose a larger server",
  ]);
});

test("nothing is said of a server whose size is not known, nor of what can't be read", () => {
  expect(faultsOf("  a: { image: a, cpus: 64 }", null)).toEqual([]);
  expect(faultsOf("  a: { image: a, cpus: many, mem_limit: 1x, deploy: { resources: 1 } }")).toEqual([]);
});
