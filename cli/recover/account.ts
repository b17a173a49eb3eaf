import { InputFault } from "../fault";
import { isObject, type JsonObject } from "../json-file";
import type { DeclaredResource } from "../synthesized-stack";

/** A server that the cloud has. */
export interface StandingServer {
  readonly id: string;
  readonly name: string;
  readonly address: string;
}

/** Gives a text of the stack as it will be; null: only Terraform will know. */
export type Resolve = (text: unknown) => string | null;

/** What one company's account still holds. It is asked with GETs and HEADs alone. */
export interface Account {
  /** `DigitalOcean` */
  readonly company: string;
  /**
   * The id by which Terraform imports what a resource declares; null: the account has nothing of the kind; undefined: it
   * is not of this company, or can be made a second time without harm.
   */
  leftover(resource: DeclaredResource, resolve: Resolve): Promise<string | null | undefined>;
}

/** An account that has servers. */
export interface ServerAccount extends Account {
  /** What somebody does to a server that shall go: `delete it in the cloud's console`. */
  readonly deletion: string;
  /** Whether the account still has what a state knows by this id. */
  holds(type: string, id: string): Promise<boolean>;
  serversNamed(name: string): Promise<StandingServer[]>;
}

/** A company's API, read as JSON. */
export class ReadableApi {
  constructor(
    private readonly company: string,
    private readonly base: string,
    private readonly token: { readonly variable: string; readonly value: string },
  ) {}

  /** Null: there is no such thing. */
  async get(path: string): Promise<JsonObject | null> {
    const address = `${this.base.replace(/\/+$/, "")}${path}`;
    const headers = { authorization: `Bearer ${this.token.value}`, accept: "application/json" };
    let response: Response;
    try {
      response = await fetch(address, { headers, signal: AbortSignal.timeout(30_000) });
    } catch (error) {
      const reason = (error as { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new InputFault(this.company, `does not answer at ${address} (${reason})`, "try again");
    }
    if (response.status === 404) return null;
    if (response.status === 401 || response.status === 403) {
      throw new InputFault(
        this.token.variable,
        `is refused by ${this.company}`,
        "export one that may read the account",
      );
    }
    if (!response.ok) throw new InputFault(this.company, `answers ${response.status} to GET ${path}`, "try again");
    const answer: unknown = await response.json();
    return isObject(answer) ? answer : {};
  }

  /** All things of a kind that are called so, page after page where the API has no filter for names. */
  async named(path: string, key: string, name: string, perPage: number): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    for (let page = 1; ; page++) {
      const joint = path.includes("?") ? "&" : "?";
      const answer = await this.get(`${path}${joint}page=${page}&per_page=${perPage}`);
      const things = answer !== null && Array.isArray(answer[key]) ? (answer[key] as JsonObject[]) : [];
      found.push(...things.filter((thing) => thing.name === name));
      if (things.length < perPage) return found;
    }
  }
}

/** The token of a company, from the environment. */
export function tokenOf(company: string, ...variables: readonly string[]): { variable: string; value: string } {
  for (const variable of variables) {
    const value = process.env[variable];
    if (value) return { variable, value };
  }
  throw new InputFault(`${variables[0]}`, "is not set", `export it: ${company} is asked what it still has`);
}
