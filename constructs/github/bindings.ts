import { optionalModule } from "../optional-module";

/** GitHub's bindings are installed by who wires a repository. */
export const bindings = optionalModule("GithubDeployWiring", "@cdktf/provider-github");
