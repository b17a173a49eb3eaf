import { formWithFile } from "../form-file";
import type { VisitedRequest } from "../load";
import type { Visitor } from "../visitor";

/** An application to be released under load. */
export interface Shape {
  readonly name: string;
  /** Folder of stacks/, and compose project. */
  readonly stack: string;
  /** Image and folder of each service that is released. */
  readonly services: Readonly<Record<string, { readonly image: string; readonly folder: string }>>;
  /** What visitors ask in turn. */
  requests(visitor: Visitor): Promise<readonly VisitedRequest[]>;
  /** Paths of what cannot run twice: requests to it wait while it is replaced. */
  readonly alone: { readonly service: string; readonly path: string } | null;
  /** The request that brings a word of its own each time, and where PostgreSQL has it; user and database have one name. */
  readonly posted: { readonly request: string; readonly database: string; readonly query: string };
  /** The site as a team writes it by hand. */
  caddyfile(proxy: (service: string, port: number) => string): string;
}

const photo = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** The words that posts bring begin with this. */
const MARK = "visit-";

/** Lines of Chitram's own Caddyfile. */
const common = `
	encode gzip zstd
	header {
		X-Frame-Options "SAMEORIGIN"
		X-Content-Type-Options "nosniff"
		Referrer-Policy "strict-origin-when-cross-origin"
		-Server
	}
	log {
		output stdout
		format json
	}`;

const chitram: Shape = {
  name: "Chitram",
  stack: "chitram-beta",
  services: { app: { image: "ghcr.io/abhi10/chitram", folder: "examples/photos" } },
  async requests() {
    const form = formWithFile({ filename: `${MARK}{id}.png`, contentType: "image/png", content: photo });
    const page = { path: "/" };
    const list = { path: "/api/v1/images" };
    const upload = {
      method: "POST",
      path: "/api/v1/images",
      headers: form.headers,
      body: form.body.toString("latin1"),
    } as const;
    return [page, list, upload, list, page, list, { path: "/health" }, upload, page, list];
  },
  alone: null,
  posted: {
    request: "POST /api/v1/images",
    database: "chitram",
    query: `select filename from images where filename like '${MARK}%'`,
  },
  caddyfile: (proxy) => `chitram.example {${common}
	${proxy("app", 8000)}
}
`,
};

export const deita: Shape = {
  name: "Deita",
  stack: "deita-prod",
  services: {
    backend: { image: "ghcr.io/kasappeal/deita/backend", folder: "examples/queries/backend" },
    frontend: { image: "ghcr.io/kasappeal/deita/frontend", folder: "examples/queries/frontend" },
  },
  async requests(visitor) {
    const json = { "content-type": "application/json" };
    const post = (path: string, value: unknown, headers = {}) =>
      visitor.json(path, {
        method: "POST",
        headers: { ...json, ...headers },
        body: JSON.stringify(value),
        expect: 201,
      });
    const { token } = await post("/v1/users", { email: "visitor@deita.example", password: "a long password" });
    const headers = { authorization: `Bearer ${token}` };
    const workspace = `/v1/workspaces/${(await post("/v1/workspaces", { name: "Numbers" }, headers)).id}`;
    const content = Buffer.from("city,amount\nFalkenstein,2\nHelsinki,4\n");
    const form = formWithFile({ filename: "Sales.csv", contentType: "text/csv", content });
    const file = { method: "POST", headers: { ...headers, ...form.headers }, body: form.body, expect: 201 };
    await visitor.json(`${workspace}/files`, file);
    const asked = (path: string, value: unknown) =>
      ({ method: "POST", path, headers: { ...headers, ...json }, body: JSON.stringify(value) }) as const;
    const query = asked(`${workspace}/query`, { sql: "SELECT city, sum(amount) FROM sales GROUP BY city" });
    const make = asked("/v1/workspaces", { name: `${MARK}{id}` });
    const page = { path: "/" };
    const files = { path: `${workspace}/files`, headers };
    return [page, files, make, page, query, files, { path: "/v1/health" }, make, page, files];
  },
  alone: { service: "backend", path: "/v1/" },
  posted: {
    request: "POST /v1/workspaces",
    database: "deita",
    query: `select name from workspaces where name like '${MARK}%'`,
  },
  caddyfile: (proxy) => `deita.example {${common}
	handle /v1/* {
		${proxy("backend", 8000)}
	}
	handle {
		${proxy("frontend", 80)}
	}
}
`,
};

export const shapes: Readonly<Record<string, Shape>> = { chitram, deita };
