import { ComposeApp, GithubDeployWiring, type SingleHostStack, Workflows } from "../../constructs";
import { leastStack, refusal, synthesized } from "./fixture";

const IMAGE = "ghcr.io/example/web:1";
const LOCAL = "local.host_github_workflows_deploy_yml_text";

function wired(workflows: Workflows): SingleHostStack {
  const app = ComposeApp.fromText(
    "services: {web: {build: ., ports: [8080], environment: {GREETING: 'a $${x} %{y}'}}}",
    {
      images: { web: IMAGE },
    },
  );
  const stack = leastStack({ app });
  new GithubDeployWiring(stack, "github", { host: stack.host, repository: "example/web", workflows });
  return stack;
}

test("a pull request is there while the branch that releases has other files, with a branch for each text", () => {
  const { resource, data, locals } = synthesized(wired(Workflows.pullRequest({ branch: "trunk" })), true);
  expect(Object.keys(data.github_repository_file)).toEqual([
    "host_github_workflows_deploy_yml",
    "host_github_workflows_rollback_yml",
  ]);
  expect(data.github_repository_file.host_github_workflows_deploy_yml).toEqual({
    branch: "trunk",
    file: ".github/workflows/deploy.yml",
    repository: "web",
  });
  expect(locals.host_github_workflows).toContain("anytrue([try(data.github_repository_file.");
  const versions = "${local.host_github_workflows}";
  expect(resource.github_branch.host_github_workflows).toEqual({
    branch: "single-host/beta-${each.key}",
    for_each: versions,
    repository: "web",
    source_branch: "trunk",
  });
  const files = resource.github_repository_file;
  expect(files.host_github_workflows_deploy_yml).toMatchObject({
    branch: "${github_branch.host_github_workflows[each.key].branch}",
    content: `\${${LOCAL}}`,
    file: ".github/workflows/deploy.yml",
    overwrite_on_create: true,
  });
  // GitHub refuses the second of two commits to a branch at once
  expect(files.host_github_workflows_rollback_yml.depends_on).toEqual([
    "github_repository_file.host_github_workflows_deploy_yml",
  ]);
  expect(resource.github_repository_pull_request.host_github_workflows).toMatchObject({
    base_ref: "trunk",
    base_repository: "web",
    for_each: versions,
    head_ref: "${github_branch.host_github_workflows[each.key].branch}",
    title: "Workflows of beta",
  });
});

test("the text reaches the repository as it was rendered: what Terraform would read in it is escaped", () => {
  const { locals } = synthesized(wired(Workflows.pullRequest()), true);
  const text: string = locals.host_github_workflows_deploy_yml_text;
  expect(text).toContain("GREETING: a $$${x} %%{y}");
  expect(text).toContain("$${{ steps.push.outputs.release }}");
  expect(text.replaceAll("$${", "").replaceAll("%%{", "")).not.toMatch(/[$%]\{/);
});

test("two hosts of one repository need files of their own", () => {
  const stack = wired(Workflows.files({ folder: "workflows" }));
  const second = (suffix: string) => ({
    host: stack.host,
    repository: "example/web",
    environment: suffix,
    secretNames: { host: "A", user: "B", key: "C", knownHosts: "D" },
    workflows: Workflows.files({ folder: "workflows", suffix: suffix === "prod" ? suffix : "" }),
  });
  new GithubDeployWiring(stack, "second", second("prod"));
  new GithubDeployWiring(stack, "third", second("test"));
  expect(refusal(stack)).toContain(
    "workflows/suffix: .github/workflows/deploy.yml of example/web belongs to beta/github, at workflows/suffix; keep it in one of them",
  );
  expect(refusal(stack)).not.toContain("deploy-prod.yml");
});

test("a token that may not write workflows is told so by the plan, for a pull request alone", () => {
  const asked = (workflows: Workflows) => JSON.stringify(synthesized(wired(workflows), true));
  expect(asked(Workflows.pullRequest())).toContain("to write workflows needs workflow");
  expect(asked(Workflows.files({ folder: "workflows" }))).not.toContain("to write workflows needs workflow");
});

test("files make no resources", () => {
  const { resource } = synthesized(wired(Workflows.files({ folder: "workflows" })), true);
  expect(resource).not.toHaveProperty("github_repository_file");
});
