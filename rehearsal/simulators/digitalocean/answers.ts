import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { Refusal, type Refusals } from "../simulated-api";

const IDS: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "Unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  412: "precondition_failed",
  422: "unprocessable_entity",
  429: "too_many_requests",
  500: "server_error",
  501: "not_implemented",
  503: "service_unavailable",
};

/** DigitalOcean's way of saying no: an id, a message, and the id of the request. */
export const refusals: Refusals = {
  refuse(_context: Context, status: number, message: string): Response {
    const text = status === 429 ? "API Rate limit exceeded." : status === 500 ? `Server Error: ${message}` : message;
    const body = { id: IDS[status] ?? "error", message: text, request_id: randomUUID() };
    return Response.json(body, { status });
  },
};

export const notFound = (): Refusal => new Refusal(404, "The resource you were accessing could not be found.");
export const unprocessable = (message: string): Refusal => new Refusal(422, message);

/** The one that is asked for, or 404. */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}

/** A request's body as an object; the real API answers anything else with 400. */
export async function bodyOf(context: Context): Promise<Record<string, unknown>> {
  const text = await context.req.text();
  if (text.trim() === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(400, "There was a problem parsing the JSON request body.");
  }
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    throw new Refusal(400, "The request body must be a JSON object.");
  }
  return body as Record<string, unknown>;
}

/** A list, cut into pages as `page` and `per_page` ask (20 a page, at most 200), with links and total. */
export function page(context: Context, name: string, all: readonly unknown[]): Response {
  const size = Math.min(Math.max(Number(context.req.query("per_page") ?? 20) || 20, 1), 200);
  const number = Math.max(Number(context.req.query("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const link = (target: number): string => {
    const url = new URL(context.req.url);
    url.searchParams.set("page", String(target));
    url.searchParams.set("per_page", String(size));
    return url.toString();
  };
  const pages = {
    ...(number > 1 ? { first: link(1), prev: link(Math.min(number - 1, last)) } : {}),
    ...(number < last ? { last: link(last), next: link(number + 1) } : {}),
  };
  return Response.json({
    [name]: all.slice((number - 1) * size, number * size),
    links: last > 1 ? { pages } : {},
    meta: { total: all.length },
  });
}

export const nothing = (): Response => new Response(null, { status: 204 });

/** A list of texts in a body; absent or null is an empty one. */
export function textList(value: unknown, name: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== "string")) {
    throw unprocessable(`${name} must be an array of strings`);
  }
  return value as string[];
}

/** A list of numbers in a body; absent or null is an empty one. */
export function numberList(value: unknown, name: string): number[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => !Number.isInteger(item))) {
    throw unprocessable(`${name} must be an array of integers`);
  }
  return value as number[];
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");
