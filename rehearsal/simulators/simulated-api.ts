import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import type { CallLog } from "./call-log";
import type { Faults } from "./faults";
import { redact, redactQuery } from "./redaction";

/** What every simulated API is made with. */
export interface Surroundings {
  readonly log: CallLog;
  readonly faults: Faults;
}

/** What some companies say of a refusal besides its status. */
export interface RefusalDetails {
  /** @default - the status' own */
  readonly code?: string;
  /** @default - none */
  readonly details?: unknown;
}

/** How a company says no: its body and headers for a status. */
export interface Refusals {
  refuse(context: Context, status: number, message: string, about?: RefusalDetails): Response;
}

export type ApiEnvironment = { Bindings: HttpBindings; Variables: { unknown: boolean } };
export type Api = Hono<ApiEnvironment>;

/**
 * An API whose every call is logged, obeys the control API's orders and, where no route knows it, is refused
 * aloud with 501.
 */
export function simulatedApi(name: string, { log, faults }: Surroundings, refusals: Refusals): Api {
  const api: Api = new Hono<ApiEnvironment>({ strict: false });
  api.use("*", async (context, next) => {
    const started = Date.now();
    const { method, path } = context.req;
    const orders = faults.takeFor(name, method, path);
    const request = await bodyOf(context);
    const write = (status: number | "connection reset", injected: boolean, message?: string) =>
      log.add({
        time: new Date(started).toISOString(),
        api: name,
        method,
        path,
        ...(new URL(context.req.url).search ? { query: redactQuery(new URL(context.req.url).search) } : {}),
        status,
        milliseconds: Date.now() - started,
        ...(request === undefined ? {} : { request }),
        ...(message === undefined ? {} : { message }),
        ...(injected ? { injected } : {}),
        ...(context.get("unknown") ? { unknown: true } : {}),
      });
    await sleep(orders.reduce((sum, order) => sum + (order.delayMilliseconds ?? 0), 0));
    const fault = orders.find((order) => order.status !== undefined);
    if (fault === undefined || fault.afterwards) await next();
    if (fault?.status === "reset") {
      write("connection reset", true);
      context.env.incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    }
    if (fault?.status !== undefined) {
      const { code, status } = fault;
      context.res = refusals.refuse(context, status, "an error that the rehearsal was told to make", { code });
      const wait = fault.retryAfterSeconds ?? (fault.status === 429 ? 30 : undefined);
      if (wait !== undefined) context.res.headers.set("retry-after", String(wait));
    }
    write(context.res.status, fault !== undefined, await messageOf(context.res));
    return undefined;
  });
  api.notFound((context) => {
    context.set("unknown", true);
    const what = `${context.req.method} ${context.req.path}`;
    return refusals.refuse(context, 501, `the rehearsal does not know ${what}; it may well exist in the real API`);
  });
  api.onError((error, context) => {
    if (error instanceof Refusal) return refusals.refuse(context, error.status, error.message, error.about);
    console.error(`${name}: ${context.req.method} ${context.req.path}:`, error);
    return refusals.refuse(context, 500, `the rehearsal failed: ${error.message}`);
  });
  return api;
}

/** Thrown by a handler that says no. */
export class Refusal extends Error {
  public constructor(
    public readonly status: number,
    message: string,
    public readonly about: RefusalDetails = {},
  ) {
    super(message);
  }
}

async function bodyOf(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text === "") return undefined;
  try {
    return redact(JSON.parse(text));
  } catch {
    return `[${Buffer.byteLength(text)} bytes that are not JSON]`;
  }
}

async function messageOf(response: Response): Promise<string | undefined> {
  if (response.status < 400) return undefined;
  try {
    const body = (await response.clone().json()) as { message?: string; error?: { message?: string } };
    return body.message ?? body.error?.message;
  } catch {
    return undefined;
  }
}
