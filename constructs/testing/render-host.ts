import { DefaultTokenResolver, StringConcat, TerraformStack, Testing, Tokenization } from "cdktf";
import type { Construct } from "constructs";
import { SingleHost } from "../single-host";

/** What a host's server receives, as text: values that only Terraform knows stand as `${digitalocean_droplet....}`. */
export interface RenderedTexts {
  /** The web server's configuration. */
  readonly caddyfile: string;
  /** The team's compose file as it travels: unchanged. */
  readonly compose: string;
  /** What is laid over the team's compose file. */
  readonly overlay: string;
  /** The compose file of the web server. */
  readonly edge: string;
  /** What the program on the server reads. */
  readonly hostJson: string;
  /** What the server boots with. */
  readonly userData: string;
  /** Everything that is brought over SSH, by path, as a diff shows it. */
  readonly files: Readonly<Record<string, string>>;
  /** What a team should know, though nothing is wrong. */
  readonly warnings: readonly string[];
}

/**
 * Renders the host of a stack, for a team's own tests. Throws with every fault of the stack when something is wrong.
 * Several hosts in a stack: give the host itself.
 */
export function renderHost(scope: TerraformStack | SingleHost): RenderedTexts {
  const host = scope instanceof SingleHost ? scope : theHostOf(scope);
  const stack = TerraformStack.of(host);
  // Adds what is late, such as providers, and runs every validation.
  Testing.synth(stack, true);
  const { rendering, props } = host;
  const resolver = new DefaultTokenResolver(new StringConcat());
  const text = (late: string): string => Tokenization.resolve(late, { scope: stack, resolver, preparing: false });
  const files = Object.fromEntries(Object.entries(rendering.host.files).map(([path, late]) => [path, text(late)]));
  const file = (path: string): string => files[path] ?? "";
  return {
    caddyfile: file("Caddyfile"),
    compose: file(`app/${props.app.composeFile}`),
    overlay: file("overlay.yaml"),
    edge: file("edge.yaml"),
    hostJson: file("host.json"),
    userData: text(rendering.plainUserData),
    files,
    warnings: rendering.warnings,
  };
}

function theHostOf(stack: Construct): SingleHost {
  const hosts = stack.node.findAll().filter((node): node is SingleHost => node instanceof SingleHost);
  const [host] = hosts;
  if (host === undefined || hosts.length > 1) {
    throw new Error(
      `${stack.node.path}: must hold one SingleHost, got ${hosts.length}; give renderHost the host itself`,
    );
  }
  return host;
}
