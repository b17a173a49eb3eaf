import type { Architecture } from "../../../constructs/model/architecture";
import { ComposeApp, type ComposeAppProps } from "../../../constructs/model/compose";
import { validateHost } from "../../../constructs/model/host";
import { hostOf } from "../../cloud-init/hosts";

const FILE = `
services:
  web: { build: . }
  db: { image: "postgres:15", platform: PLATFORM }
  idle: { image: a, profiles: [later], platform: linux/s390x }
`;

function faultsOn(architecture: Architecture, platform: string, props: ComposeAppProps = {}): string[] {
  const app = ComposeApp.fromText(FILE.replace("PLATFORM", platform), { images: { web: "web:1" }, ...props });
  return validateHost(hostOf({ app, architecture })).toLines();
}

test.each(["", "linux/amd64", "amd64", "linux/x86_64"])("amd64 takes platform %j", (platform) => {
  expect(faultsOn("amd64", platform)).toEqual([]);
});

test.each(["linux/arm64", "linux/arm64/v8", "aarch64", ""])(
  "arm64 takes platform %j when images are built for it",
  (platform) => {
    expect(faultsOn("arm64", platform, { architectures: ["amd64", "arm64"] })).toEqual([]);
  },
);

test("an image that GitHub's runners build does not run on arm64, nor does a service that asks for amd64", () => {
  expect(faultsOn("arm64", "linux/amd64")).toEqual([
    "app/images/web: is built for amd64 alone, and the server is arm64; push an image for both (docker buildx build " +
      '--platform linux/amd64,linux/arm64) and say so with architectures: ["amd64", "arm64"], or choose an amd64 server type',
    "app/services/db/platform: is linux/amd64, and the server is arm64; drop platform:, or choose an amd64 server type",
  ]);
});

test("an image for arm64 alone does not run on amd64", () => {
  expect(faultsOn("amd64", "linux/arm64", { architectures: ["arm64"] })).toEqual([
    expect.stringContaining("app/images/web: is built for arm64 alone, and the server is amd64;"),
    "app/services/db/platform: is linux/arm64, and the server is amd64; drop platform:, or choose an arm64 server type",
  ]);
});

test.each(["linux/arm/v7", "windows/amd64", "linux/amd64/v2"])("no server here runs %s", (platform) => {
  expect(faultsOn("amd64", platform)).toEqual([
    `app/services/db/platform: is ${platform}, and the server is amd64; drop platform:, or name one that a server has`,
  ]);
});

test("an application that is built for nothing is a mistake", () => {
  expect(faultsOn("amd64", "", { architectures: [] })).toEqual([
    'app/architectures: names none; say what the images are built for: ["amd64"]',
  ]);
});
