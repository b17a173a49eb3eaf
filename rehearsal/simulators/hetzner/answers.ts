import type { Context } from "hono";
import { Refusal, type Refusals } from "../simulated-api";

const CODES: Readonly<Record<number, string>> = {
  400: "json_error",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
  410: "deprecated_api_endpoint",
  412: "resource_unavailable",
  422: "service_error",
  423: "locked",
  429: "rate_limit_exceeded",
  500: "server_error",
  501: "not_implemented",
  503: "unavailable",
  504: "timeout",
};

/** Hetzner's way of saying no: a code for programs, a message, and details that depend on the code. */
export const refusals: Refusals = {
  refuse(_context: Context, status: number, message: string, { code, details } = {}): Response {
    const text = status === 429 ? "rate limit exceeded" : message;
    const error = { code: code ?? CODES[status] ?? "unknown_error", message: text, details: details ?? null };
    return Response.json({ error }, { status });
  },
};

export const notFound = (kind: string, id: unknown): Refusal =>
  new Refusal(404, `${kind} with ID '${id}' not found`, { code: "not_found" });

/** One field is wrong. */
export const invalidInput = (field: string, message: string): Refusal =>
  new Refusal(422, `invalid input in field '${field}': ${message}`, {
    code: "invalid_input",
    details: { fields: [{ name: field, messages: [message] }] },
  });

export const notUnique = (field: string, message: string): Refusal =>
  new Refusal(409, message, { code: "uniqueness_error", details: { fields: [{ name: field }] } });

export const protectedFrom = (what: string): Refusal =>
  new Refusal(423, `${what} is protected from deletion`, { code: "protected" });

export const limitExceeded = (message: string): Refusal =>
  new Refusal(403, message, { code: "resource_limit_exceeded", details: { limits: [{ name: "project_limit" }] } });

/** A code that belongs to some operations alone. */
export const refusal = (code: string, message: string, status = 422): Refusal => new Refusal(status, message, { code });

/** What the API had once. @param change its heading in https://docs.hetzner.cloud/changelog */
export const removed = (change: string): Refusal =>
  new Refusal(410, "API functionality was removed", {
    code: "deprecated_api_endpoint",
    details: { announcement: `https://docs.hetzner.cloud/changelog#${change}` },
  });

/** The real API does it, the rehearsal does not: said aloud, so that nobody takes it for the real answer. */
export const notSimulated = (what: string): Refusal => new Refusal(501, `the rehearsal does not do this: ${what}`);

/** The one that is asked for, or 404. */
export function found<T>(value: T | undefined, kind: string, id: unknown): T {
  if (value === undefined) throw notFound(kind, id);
  return value;
}

export type Body = Readonly<Record<string, unknown>>;

/** A request's body as an object; none is an empty one. */
export async function bodyOf(context: Context): Promise<Body> {
  const content = await context.req.text();
  if (content.trim() === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(content);
  } catch {
    throw new Refusal(400, "invalid JSON in request body");
  }
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw new Refusal(400, "request body must be a JSON object");
  }
  return body as Body;
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A number that names a resource; absent or null is none. */
export function optionalId(body: Body, field: string): number | null {
  const value = body[field];
  if (value === undefined || value === null || value === 0) return null;
  if (!Number.isInteger(value)) throw invalidInput(field, "must be an integer");
  return value as number;
}

/** A switch in a body. */
export function flag(body: Body, field: string, otherwise: boolean): boolean {
  const value = body[field];
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== "boolean") throw invalidInput(field, "must be a boolean");
  return value;
}

/** A list in a body; absent or null is an empty one. */
export function list(body: Body, field: string): readonly unknown[] {
  const value = body[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidInput(field, "must be an array");
  return value;
}

/** Reads each thing of a list in a body as an object. */
export function objects(body: Body, field: string): readonly Body[] {
  return list(body, field).map((item) => {
    if (item === null || typeof item !== "object" || Array.isArray(item)) {
      throw invalidInput(field, "must be an array of objects");
    }
    return item as Body;
  });
}

export const nothing = (): Response => new Response(null, { status: 204 });
export const created = (body: Body): Response => Response.json(body, { status: 201 });
