import { Project as ProjectResource } from "@cdktf/provider-digitalocean/lib/project";
import { ProjectResources } from "@cdktf/provider-digitalocean/lib/project-resources";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";

/** The DigitalOcean project in which a host's resources are shown. */
export type Project =
  | { readonly kind: "create"; readonly name: string | null }
  | { readonly kind: "existing"; readonly id: string }
  | { readonly kind: "none" };

export const Project = {
  /** A project of its own. @default name - the host's */
  create: (name?: string): Project => ({ kind: "create", name: name ?? null }),
  /** A project that the account has already, by its id. */
  existing: (id: string): Project => ({ kind: "existing", id }),
  /** The account's default project, as DigitalOcean does by itself. */
  none: (): Project => ({ kind: "none" }),
};

/** Groups resources; returns how a further one joins. */
export function createProject(
  scope: Construct,
  ids: LogicalIds,
  hostName: string,
  project: Project,
): (urn: string) => void {
  const urns: string[] = [];
  if (project.kind !== "none") {
    // Not by the project's own `resources`: a failing assignment would leave behind a project that Terraform has
    // forgotten, and whose name is taken when it tries again.
    const config = {
      project: projectId(scope, ids, hostName, project),
      resources: Lazy.listValue({ produce: () => urns }),
    };
    ids.fix(new ProjectResources(scope, "project-resources", config), "project");
  }
  return (urn) => void urns.push(urn);
}

function projectId(
  scope: Construct,
  ids: LogicalIds,
  hostName: string,
  project: Exclude<Project, { readonly kind: "none" }>,
): string {
  if (project.kind === "existing") return project.id;
  const config = { name: project.name ?? hostName, purpose: "Web Application", environment: "Production" };
  return ids.fix(new ProjectResource(scope, "project", config), "project").id;
}
