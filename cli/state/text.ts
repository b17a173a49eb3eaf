import { type Paint, visible } from "../terminal";
import type { CreatedState } from "./create";

/** What was made, as a person reads it. */
export function renderCreatedState(created: CreatedState, paint: Paint): string[] {
  const { bucket, endpoint, object, made, moved, stack } = created;
  const movedHere =
    moved === null ? "" : `, with the ${moved.resources} resources of ${moved.file}, which is ${moved.keptAs} now`;
  return [
    visible(`${bucket} at ${endpoint}: ${made ? "made" : "it is there, and yours"}, private`),
    "versions: every state that was can be brought back",
    ...lockLines(created, paint),
    visible(`state: ${object}${movedHere}`),
    paint.bold(visible(`next: npx cdktf diff ${stack}`)),
  ];
}

function lockLines({ locks, locking }: CreatedState, paint: Paint): string[] {
  if (locks === "kept") {
    const told = locking ? "" : "; Terraform is not told to: leave `locking: false` out";
    return [`locking: ${paint.green("works")}, of eight at once one got it, tried twice${told}`];
  }
  const found =
    locks === "shared" ? "the store gives it to two at once" : visible(`the store answers ${locks.refusal}`);
  return [
    `locking: ${paint.red("does not work")}, ${found}`,
    ...(locking ? ["  write `locking: false` into the RemoteState, so that nobody trusts in it"] : []),
    "  let one place alone deploy: CI, one run after the other (docs/state.md)",
  ];
}
