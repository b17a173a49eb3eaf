import { Refusal } from "../simulated-api";
import { invalid, text } from "./answers";
import type { Issue } from "./collaboration";
import { now } from "./state";

const LONGEST = 65_536;

/** What has no text, and must have one. */
export const blank = (resource: string, field: string): Refusal =>
  invalid({ resource, code: "missing_field", field, message: `${field} can't be blank` });

export function titleOf(body: Record<string, unknown>, resource: string): string {
  if (text(body.title).trim() === "") throw blank(resource, "title");
  return text(body.title);
}

export function readBody(value: unknown): string | null {
  const body = typeof value === "string" ? value : null;
  if (body !== null && body.length > LONGEST) {
    throw new Refusal(
      422,
      `Validation Failed\n${JSON.stringify(`body is too long (maximum is ${LONGEST} characters)`)}`,
    );
  }
  return body;
}

export function setState(issue: Issue, state: string): void {
  if (state !== "open" && state !== "closed") throw new Refusal(422, "state must be open or closed");
  issue.state = state;
  issue.closed_at = state === "closed" ? now() : null;
}

export function readLabels(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.map((label) => text(label?.name ?? label)))].filter((label) => label !== "");
}
