import { WorkflowFile } from "../../../rehearsal/simulators/github/workflow-file";

const workflow = (on: string, jobs = "  one: { runs-on: ubuntu-latest, steps: [] }") =>
  WorkflowFile.parse("ci.yml", `on: ${on}\njobs:\n${jobs}\n`);
const push = (ref: string, ...files: string[]) => ({ name: "push" as const, ref: `refs/${ref}`, files });

it.each([
  ["push", "heads/any", true],
  ["[push, pull_request]", "tags/v1", true],
  ["pull_request", "heads/main", false],
  ["{ push: { branches: [main] } }", "heads/main", true],
  ["{ push: { branches: [main] } }", "heads/other", false],
  ["{ push: { branches: [main] } }", "tags/v1", false],
  ["{ push: { tags: ['v*'] } }", "heads/main", false],
  ["{ push: { tags: ['v*'] } }", "tags/v1.2", true],
  ["{ push: { branches: ['release/*'] } }", "heads/release/1", true],
  ["{ push: { branches: ['release/*'] } }", "heads/release/1/2", false],
  ["{ push: { branches: ['**', '!wip/**'] } }", "heads/wip/a/b", false],
  ["{ push: { branches-ignore: [wip] } }", "heads/main", true],
])("%s takes a push of %s: %s", (on, ref, expected) => {
  expect(workflow(on).isFor(push(ref))).toBe(expected);
});

it("looks at the paths that changed", () => {
  const infrastructure = workflow("{ push: { paths: ['infrastructure/**', '*.json', '!infrastructure/**.md'] } }");
  expect(infrastructure.isFor(push("heads/main", "app/main.py"))).toBe(false);
  expect(infrastructure.isFor(push("heads/main", "app/main.py", "infrastructure/a/b.ts"))).toBe(true);
  expect(infrastructure.isFor(push("heads/main", "infrastructure/a/README.md"))).toBe(false);
  expect(infrastructure.isFor(push("heads/main", "package.json"))).toBe(true);
  expect(infrastructure.isFor(push("heads/main", "app/package.json"))).toBe(false);
});

it("takes pull requests that are opened or pushed to, and others when asked", () => {
  const pull = (action: string, base = "main") => ({ name: "pull_request" as const, action, base, files: ["a"] });
  expect(workflow("pull_request").isFor(pull("synchronize"))).toBe(true);
  expect(workflow("pull_request").isFor(pull("labeled"))).toBe(false);
  expect(workflow("{ pull_request: { types: [labeled] } }").isFor(pull("labeled"))).toBe(true);
  expect(workflow("{ pull_request: { branches: [main] } }").isFor(pull("opened", "next"))).toBe(false);
});

it("joins what its jobs are permitted, and knows whose secrets each reads", () => {
  const jobs = [
    "  build: { permissions: { contents: read, packages: write }, steps: [{ env: { T: '${{ secrets.Deploy_Key }}' } }] }",
    "  release: { environment: { name: beta }, permissions: { packages: read } }",
  ].join("\n");
  const { permissions, jobs: read } = workflow("push", jobs);
  expect(permissions).toEqual({ contents: "read", packages: "write" });
  expect(read).toEqual([
    { id: "build", name: "build", secrets: ["DEPLOY_KEY"] },
    { id: "release", name: "release", environment: "beta", secrets: [] },
  ]);
});

it("tells a job that is for some events alone", () => {
  const jobs =
    "  plan: { if: \"github.event_name == 'push' || github.event_name == 'schedule'\" }\n  any: { if: always() }";
  const { jobs: read } = workflow("push", jobs);
  expect(read.map(({ events }) => events)).toEqual([["push", "schedule"], undefined]);
});

it("refuses a file that is no workflow", () => {
  expect(() => WorkflowFile.parse("a.yml", "on: push\n")).toThrow("a.yml: No jobs defined");
  expect(() => WorkflowFile.parse("a.yml", "jobs: { a: {} }\n")).toThrow("No event triggers");
});
