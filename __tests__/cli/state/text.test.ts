import type { CreatedState } from "../../../cli/state/create";
import { renderCreatedState } from "../../../cli/state/text";
import { plainPaint } from "../../../cli/terminal";

const created: CreatedState = {
  stack: "beta",
  bucket: "our-state",
  endpoint: "https://fra1.digitaloceanspaces.com",
  object: "beta.tfstate",
  made: true,
  locks: "kept",
  locking: true,
  moved: { file: "terraform.beta.tfstate", keptAs: "terraform.beta.tfstate.moved", resources: 31 },
};
const text = (more: Partial<CreatedState> = {}) => renderCreatedState({ ...created, ...more }, plainPaint);

test("a state that was made says where, and what to type next", () => {
  expect(text()).toEqual([
    "our-state at https://fra1.digitaloceanspaces.com: made, private",
    "versions: every state that was can be brought back",
    "locking: works, of eight at once one got it, tried twice",
    "state: beta.tfstate, with the 31 resources of terraform.beta.tfstate, which is terraform.beta.tfstate.moved now",
    "next: npx cdktf diff beta",
  ]);
});

test("a store that does not lock is named, with what to do", () => {
  expect(text({ locks: "shared", made: false, moved: null })).toEqual([
    "our-state at https://fra1.digitaloceanspaces.com: it is there, and yours, private",
    "versions: every state that was can be brought back",
    "locking: does not work, the store gives it to two at once",
    "  write `locking: false` into the RemoteState, so that nobody trusts in it",
    "  let one place alone deploy: CI, one run after the other (docs/state.md)",
    "state: beta.tfstate",
    "next: npx cdktf diff beta",
  ]);
  expect(text({ locks: { refusal: "501 NotImplemented" }, locking: false })).toContain(
    "locking: does not work, the store answers 501 NotImplemented",
  );
  expect(text({ locking: false })[2]).toBe(
    "locking: works, of eight at once one got it, tried twice; Terraform is not told to: leave `locking: false` out",
  );
});
