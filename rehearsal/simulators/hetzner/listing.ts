import type { Context } from "hono";
import { type Body, invalidInput, notUnique, text } from "./answers";
import { matchesSelector } from "./labels";
import type { Resource } from "./state";

/** What a list's filters let through: by name, by labels. */
export function filtered<T extends Pick<Resource, "name" | "labels">>(context: Context, all: readonly T[]): T[] {
  const { name, label_selector: selector } = context.req.query();
  return all.filter(
    (resource) =>
      (name === undefined || resource.name === name) &&
      (selector === undefined || matchesSelector(selector, resource.labels)),
  );
}

const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9._ -]{0,126}[a-zA-Z0-9])?$/;

/** A name that no other resource of its kind has. */
export function readName(
  body: Body,
  kind: string,
  others: Readonly<Record<string, Resource>>,
  { own = null, pattern = NAME }: { readonly own?: number | null; readonly pattern?: RegExp } = {},
): string {
  const name = text(body.name);
  if (name === "") throw invalidInput("name", "is required");
  if (!pattern.test(name)) throw invalidInput("name", `'${name}' is not a valid name`);
  if (Object.values(others).some((other) => other.name === name && other.id !== own)) {
    throw notUnique("name", `${kind} name is already used`);
  }
  return name;
}
