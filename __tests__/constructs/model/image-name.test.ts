import { Faults } from "../../../constructs/model/faults";
import { checkImageName } from "../../../constructs/model/image-name";

function problems(image: string): string[] {
  const faults = new Faults();
  checkImageName(faults, "images/app", image);
  return faults.toLines();
}

test.each([
  "caddy",
  "redis:7-alpine",
  "ghcr.io/abhi10/chitram:1.0_RC.1",
  "localhost:5000/a/b__c/d-e.f:x",
  "REGISTRY.example:443/app",
  `quay.io/minio/minio@sha256:${"0".repeat(64)}`,
  `app:1@sha256:${"a".repeat(64)}`,
])("an image: %s", (image) => {
  expect(problems(image)).toEqual([]);
});

test.each([
  "",
  " ",
  "-x",
  "a b",
  "a\nb",
  "nginx:",
  "nginx:a/b",
  "a//b",
  "${x}",
  "a`b`",
  "a\u0000",
  "x".repeat(600),
  "a@sha256:12",
])("not an image: %j", (image) => {
  expect(problems(image)).toHaveLength(1);
});

test("an upper-case name, which a deploy would refuse after minutes, comes with the right one", () => {
  expect(problems("ghcr.io/Abhi10/chitram:RC1")).toEqual([
    'images/app: "ghcr.io/Abhi10/chitram:RC1" is not an image; write its name in lower case: "ghcr.io/abhi10/chitram:RC1"',
  ]);
  expect(problems("localhost:5000/App:RC1")[0]).toContain('"localhost:5000/app:RC1"');
});
