import { deployWorkflow } from "./deploy";
import { infrastructureWorkflow } from "./infrastructure";
import type { WorkflowsModel } from "./model";
import { rollbackWorkflow } from "./rollback";
import { renderWorkflow } from "./workflow";

/** The files of a host's workflows: text by path in the repository, `.github/workflows/deploy.yml` and so on. */
export function renderWorkflows(model: WorkflowsModel): Readonly<Record<string, string>> {
  const { host, suffix, infrastructure } = model;
  const header = [
    `Written by cdktf-single-host for ${host}: changes made here are lost.`,
    "What it says is in the stack, at `workflows`.",
  ];
  const workflows = [deployWorkflow(model), rollbackWorkflow(model)];
  if (infrastructure !== null) workflows.push(infrastructureWorkflow(infrastructure));
  const texts = workflows.map((workflow) => renderWorkflow(header, workflow));
  return Object.fromEntries(
    workflowPaths(suffix, infrastructure !== null).map((path, index) => [path, texts[index] ?? ""]),
  );
}

/** Their paths, in this order. */
export function workflowPaths(suffix: string, withInfrastructure: boolean): readonly string[] {
  const names = ["deploy", "rollback", ...(withInfrastructure ? ["infrastructure"] : [])];
  return names.map((name) => `.github/workflows/${name}${suffix === "" ? "" : `-${suffix}`}.yml`);
}
