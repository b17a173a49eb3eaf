import { ComposeApp } from "../../../constructs/model/compose";
import { DataVolume } from "../../../constructs/model/data-volume";
import { validateHost } from "../../../constructs/model/host";
import { Size } from "../../../constructs/model/size";
import { hostOf } from "../../cloud-init/hosts";

const app = ComposeApp.fromText(`
services:
  web: { image: a, volumes: ["files:/data", "shared:/shared", "there:/there", "plain:/plain"] }
  other: { image: a, volumes: [{ type: volume, source: .hidden, target: /hidden }] }
  later: { image: a, profiles: [later], volumes: ["idle:/data"] }
volumes:
  files:
  shared: { external: true }
  there: { driver: rclone }
  plain: { driver: local, driver_opts: { type: tmpfs, device: tmpfs } }
  .hidden:
  idle:
`);

function faultsOf(volumes: readonly string[]): string[] {
  return validateHost(hostOf({ app, dataVolume: { device: "/dev/disk/by-id/disk", size: null, volumes } })).toLines();
}

test("a named volume of a service that starts can live on it", () => {
  expect(faultsOf(["files"])).toEqual([]);
});

test("every volume that can't live on it is told, with what to do", () => {
  expect(faultsOf(["files", "files", "shared", "there", "plain", ".hidden", "idle", "fiels"])).toEqual([
    "dataVolume/volumes/files: is named twice; name it once",
    "dataVolume/volumes/shared: is external: it is somebody else's; drop external: from it, or leave it out here",
    'dataVolume/volumes/there: has the driver "rclone", which keeps it elsewhere; drop driver: from it',
    "dataVolume/volumes/plain: has driver_opts, which say where it lives; drop driver_opts: from it",
    "dataVolume/volumes/.hidden: begins with a dot; rename it",
    "dataVolume/volumes/idle: is mounted by no service that starts; leave it out here, or start its service",
    "dataVolume/volumes/fiels: compose.yaml has no volume of this name; it has files, shared, there, plain, .hidden, idle",
  ]);
});

test("a data volume without volumes is a mistake", () => {
  expect(faultsOf([])).toEqual([
    "dataVolume/volumes: names no volume; name those that live on it: files, shared, there, plain, .hidden, idle",
  ]);
});

test("a new one has a size, one of the account an id", () => {
  expect(DataVolume.create(Size.gibibytes(20), { volumes: ["files"] }).origin).toEqual({
    kind: "created",
    size: Size.gibibytes(20),
  });
  expect(DataVolume.existing("4711", { volumes: ["files"] }).origin).toEqual({
    kind: "existing",
    id: "4711",
    location: null,
  });
});

test("an old version is kept for a day at least", () => {
  const bucket = { endpoint: "https://nbg1.your-objectstorage.com", region: "nbg1", bucket: "files", days: 0.5 };
  expect(validateHost(hostOf({ app, expiringBuckets: [bucket] })).toLines()).toEqual([
    "buckets/files: keeps old versions 0.5 days; keep them one day at least",
  ]);
});
