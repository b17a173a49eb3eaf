import type { Construct, IConstruct } from "constructs";
import type { Faults } from "../model/faults";

interface Claim {
  readonly owner: Construct;
  readonly path: string;
}

/** What constructs of an app have on GitHub, by app. */
const known = new WeakMap<IConstruct, Map<string, Claim>>();

/** Things on GitHub that one construct alone may have: a second one would overwrite them, and take them along when it goes. */
export class GithubClaims {
  private readonly rivals: { readonly path: string; readonly thing: string; readonly first: Claim }[] = [];

  constructor(private readonly owner: Construct) {}

  /** @param path where it stands among the owner's props */
  add(thing: string, path: string): void {
    const { root } = this.owner.node;
    const all = known.get(root) ?? new Map<string, Claim>();
    known.set(root, all);
    const first = all.get(thing);
    if (first === undefined) all.set(thing, { owner: this.owner, path });
    else this.rivals.push({ path, thing, first });
  }

  validate(faults: Faults): void {
    for (const { path, thing, first } of this.rivals) {
      const where = first.owner === this.owner ? first.path : `${first.owner.node.path}, at ${first.path}`;
      faults.add(path, `${thing} belongs to ${where}`, "keep it in one of them");
    }
  }
}
