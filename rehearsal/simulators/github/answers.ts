import type { Context } from "hono";
import { Refusal, type Refusals } from "../simulated-api";

const DOCUMENTATION = "https://docs.github.com/rest";

/** GitHub's way of saying no. */
export const refusals: Refusals = {
  refuse(_context: Context, status: number, message: string): Response {
    const [first = "", ...errors] = message.split("\n");
    const text = status === 429 ? "You have exceeded a secondary rate limit." : first;
    return Response.json(
      {
        message: text,
        ...(errors.length === 0 ? {} : { errors: errors.map((line) => JSON.parse(line)) }),
        documentation_url: DOCUMENTATION,
        status: String(status),
      },
      { status },
    );
  },
};

export const notFound = (): Refusal => new Refusal(404, "Not Found");

/** A 422 whose list of errors names what is wrong. */
export const invalid = (error: { resource: string; code: string; field: string; message: string }): Refusal =>
  new Refusal(422, `Validation Failed\n${JSON.stringify(error)}`);

export function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}

export async function bodyOf(context: Context): Promise<Record<string, unknown>> {
  const text = await context.req.text();
  if (text.trim() === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (body !== null && typeof body === "object" && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new Refusal(400, "Problems parsing JSON");
}

/** A list, cut into pages of 30 or of `per_page`, with the Link header that GitHub sends. */
export function page<T>(context: Context, all: readonly T[], wrap: (part: T[]) => unknown): Response {
  const size = Math.min(Math.max(Number(context.req.query("per_page") ?? 30) || 30, 1), 100);
  const number = Math.max(Number(context.req.query("page") ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const link = (target: number, relation: string): string => {
    const url = new URL(context.req.url);
    url.searchParams.set("page", String(target));
    return `<${url}>; rel="${relation}"`;
  };
  const links = [
    ...(number < last ? [link(number + 1, "next"), link(last, "last")] : []),
    ...(number > 1 ? [link(number - 1, "prev"), link(1, "first")] : []),
  ];
  return Response.json(wrap(all.slice((number - 1) * size, number * size)), {
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  });
}

export const nothing = (): Response => new Response(null, { status: 204 });

export const text = (value: unknown): string => (typeof value === "string" ? value : "");
