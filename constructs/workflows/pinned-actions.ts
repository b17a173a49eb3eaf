/** An action of somebody else, by the commit that was looked at. */
export interface PinnedAction {
  /** `actions/checkout` */
  readonly name: string;
  readonly commit: string;
  /** The version that the commit is. */
  readonly version: string;
}

/** All that a workflow takes from others; everything else is commands of the runner's own programs. */
export const ACTIONS = {
  checkout: {
    name: "actions/checkout",
    commit: "3d3c42e5aac5ba805825da76410c181273ba90b1",
    version: "v7.0.1",
  },
  trivy: {
    name: "aquasecurity/trivy-action",
    commit: "ed142fd0673e97e23eac54620cfb913e5ce36c25",
    version: "v0.36.0",
  },
  terraform: {
    name: "hashicorp/setup-terraform",
    commit: "dfe3c3f87815947d99a8997f908cb6525fc44e9e",
    version: "v4.0.1",
  },
} as const satisfies Record<string, PinnedAction>;
