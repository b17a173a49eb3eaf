import type { ComposeService } from "./compose-service";
import { type Faults, joinPath } from "./faults";
import { Size } from "./size";
import { isLateBound } from "./token";

/** Requests of one path of a site, and the service that answers them. */
export interface SitePath {
  /** `/v1/*`; the longest path that fits a request wins. */
  readonly path: string;
  /** The service that answers it. */
  readonly service: string;
  /** The port its container listens on; it need not be published. */
  readonly port: number;
  /**
   * A path that answers 2xx or 3xx when the service is well; a deploy waits for it, asking through Caddy.
   * @default - the path is not checked after a deploy
   */
  readonly health?: string;
}

export interface SiteProps {
  /** The service that answers whatever `paths` does not. */
  readonly service: string;
  /** The port its container listens on; it need not be published. */
  readonly port: number;
  /**
   * A path that answers 2xx or 3xx when the service is well; a deploy waits for it, asking through Caddy.
   * @default - "/"
   */
  readonly health?: string;
  /**
   * Paths that other services answer.
   * @default - one service answers all
   */
  readonly paths?: readonly SitePath[];
  /**
   * Further names that redirect here for good, such as `www.`.
   * @default - none
   */
  readonly redirectFrom?: readonly string[];
  /**
   * The Content-Security-Policy of answers that bring none.
   * @default - none is sent
   */
  readonly contentSecurityPolicy?: string;
  /**
   * The largest request body that is let through; a larger one is answered 413.
   * @default - 100 MiB
   */
  readonly maximumRequestBody?: Size;
  /**
   * Who must give a password, and where.
   * @default - nobody
   */
  readonly basicAuth?: readonly BasicAuth[];
  /**
   * Lines for the site's block of the Caddyfile, as they are.
   * @default - none
   */
  readonly extraCaddyLines?: string;
}

export interface BasicAuthProps {
  /** Name of the secret that holds the password. */
  readonly password: string;
  /**
   * Where it is asked for: `/admin/*`.
   * @default - the whole site
   */
  readonly path?: string;
}

/** A user who must give a password. */
export class BasicAuth {
  /** By HTTP's own dialogue; several users of one path are several of these. */
  static user(name: string, props: BasicAuthProps): BasicAuth {
    return new BasicAuth(name, props.password, props.path ?? "/*");
  }

  private constructor(
    readonly user: string,
    readonly secret: string,
    readonly path: string,
  ) {}
}

/** Where a site answers. */
export type SiteAddress =
  | { readonly kind: "domain"; readonly domain: string }
  /** The server's address, plain HTTP. */
  | { readonly kind: "address" }
  /** A name that sslip.io resolves to the server's address, HTTPS. */
  | { readonly kind: "sslip" };

/** A path of a site after defaults: absence is a value. */
export interface SiteRoute {
  readonly path: string;
  readonly service: string;
  readonly port: number;
  readonly health: string | null;
}

/** What a site is checked against. */
export interface SiteContext {
  readonly services: ReadonlyMap<string, Pick<ComposeService, "networkMode" | "containerPorts">>;
  readonly secrets: readonly string[];
}

/** A web site: where it answers, and which service of the compose file does. */
export class Site {
  /** HTTPS at a domain that points to the server. */
  static at(domain: string, props: SiteProps): Site {
    return new Site({ kind: "domain", domain }, props);
  }

  /** Plain HTTP at the server's address, whatever name was asked for. */
  static onAddress(props: SiteProps): Site {
    return new Site({ kind: "address" }, props);
  }

  /** HTTPS at `<address-with-dashes>.sslip.io`, for a server without a domain. */
  static onSslip(props: SiteProps): Site {
    return new Site({ kind: "sslip" }, props);
  }

  /** Routes, the longest path first; the last is the whole site. */
  readonly routes: readonly SiteRoute[];
  readonly redirectFrom: readonly string[];
  readonly contentSecurityPolicy: string | null;
  readonly maximumRequestBody: Size;
  readonly basicAuth: readonly BasicAuth[];
  readonly extraCaddyLines: string;

  private constructor(
    readonly address: SiteAddress,
    props: SiteProps,
  ) {
    const rest: SiteRoute = { path: "/*", service: props.service, port: props.port, health: props.health ?? "/" };
    const paths = (props.paths ?? []).map((path): SiteRoute => ({ ...path, health: path.health ?? null }));
    this.routes = [...paths.sort((a, b) => b.path.length - a.path.length), rest];
    this.redirectFrom = props.redirectFrom ?? [];
    this.contentSecurityPolicy = props.contentSecurityPolicy ?? null;
    this.maximumRequestBody = props.maximumRequestBody ?? Size.mebibytes(100);
    this.basicAuth = props.basicAuth ?? [];
    this.extraCaddyLines = props.extraCaddyLines ?? "";
  }

  /** How faults name it. */
  get label(): string {
    return this.address.kind === "domain" ? this.address.domain : this.address.kind;
  }

  /** Domains that must point to the server, redirects included. */
  get domains(): readonly string[] {
    return this.address.kind === "domain" ? [this.address.domain, ...this.redirectFrom] : this.redirectFrom;
  }

  /** Services that it sends requests to. */
  get services(): readonly string[] {
    return [...new Set(this.routes.map((route) => route.service))];
  }

  /** Reports everything that is wrong with it. Late-bound domains pass. */
  validate(faults: Faults, path: string, context: SiteContext): void {
    if (this.address.kind === "domain") {
      checkDomain(faults, path, this.address.domain);
    }
    for (const domain of this.redirectFrom) {
      checkDomain(faults, joinPath(path, "redirectFrom"), domain);
    }
    if (this.redirectFrom.length > 0 && this.address.kind !== "domain") {
      faults.add(joinPath(path, "redirectFrom"), "needs a site with a domain", "use Site.at");
    }
    for (const route of this.routes) {
      checkRoute(
        faults,
        route.path === "/*" ? path : joinPath(path, "paths", route.path.replace(/^\//, "")),
        route,
        context,
      );
    }
    for (const twice of repeated(this.routes.map((route) => route.path))) {
      faults.add(joinPath(path, "paths"), `${twice} stands twice`, "a path has one service");
    }
    for (const auth of this.basicAuth) {
      checkBasicAuth(faults, joinPath(path, "basicAuth", auth.user), auth, context);
    }
    if (this.maximumRequestBody.toBytes() <= 0) {
      faults.add(joinPath(path, "maximumRequestBody"), `must be more than nothing, got ${this.maximumRequestBody}`);
    }
    if (CONTROL_CHARACTERS.test((this.contentSecurityPolicy ?? "").replace(/[\r\n\t]/g, ""))) {
      faults.add(joinPath(path, "contentSecurityPolicy"), "holds a control character", "a header is one line of text");
    }
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
/** What Caddy takes for a path as it stands, without quotes or placeholders. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is kept out
const PATH = /^\/[^\s\u0000-\u001f\u007f\p{Surrogate}{}"`\\#]*$/u;

function checkDomain(faults: Faults, path: string, domain: string): void {
  if (isLateBound(domain)) {
    return;
  }
  const bare = domain.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/[:/].*$/, "");
  if (bare !== domain) {
    faults.add(path, `must be a domain alone, got ${JSON.stringify(domain)}`, `write ${JSON.stringify(bare)}`);
  } else if (/^[0-9.]+$/.test(domain)) {
    faults.add(path, `must be a domain, got the address ${domain}`, "use Site.onAddress or Site.onSslip");
  } else if (domain.startsWith("*.")) {
    faults.add(path, `a certificate for ${domain} needs a DNS challenge`, "name each domain");
  } else if (!domain.includes(".") || domain.length > 253 || !domain.split(".").every((label) => LABEL.test(label))) {
    const remedy = "write it as in DNS (chitram.example; xn--... for letters beyond ASCII), or use Site.onAddress";
    faults.add(path, `must be a domain, got ${JSON.stringify(domain)}`, remedy);
  }
}

function checkRoute(faults: Faults, path: string, route: SiteRoute, context: SiteContext): void {
  if (!PATH.test(route.path)) {
    faults.add(path, `must begin with / and hold no spaces, quotes or braces, got ${JSON.stringify(route.path)}`);
  }
  if (route.health !== null && !PATH.test(route.health)) {
    faults.add(joinPath(path, "health"), `must be a path such as /health, got ${JSON.stringify(route.health)}`);
  }
  const validPort = Number.isInteger(route.port) && route.port >= 1 && route.port <= 65_535;
  if (!validPort) {
    faults.add(joinPath(path, "port"), `must be 1-65535, got ${route.port}`, "set the port the container listens on");
  }
  const service = context.services.get(route.service);
  if (service === undefined) {
    const known = [...context.services.keys()].join(", ");
    faults.add(
      joinPath(path, "service"),
      `the compose file has no service ${route.service}`,
      `it has ${known || "none"}`,
    );
    return;
  }
  if (service.networkMode !== null) {
    const problem = `${route.service} has network_mode ${service.networkMode}, so Caddy can't reach it`;
    faults.add(joinPath(path, "service"), problem, "drop network_mode");
  }
  if (validPort && service.containerPorts.length > 0 && !service.containerPorts.includes(route.port)) {
    const remedy = `the compose file names ${service.containerPorts.join(", ")}; use that, or add ${route.port} to its expose:`;
    faults.add(joinPath(path, "port"), `${route.service} does not listen on ${route.port}`, remedy);
  }
}

function checkBasicAuth(faults: Faults, path: string, auth: BasicAuth, context: SiteContext): void {
  if (!/^[A-Za-z0-9._@+-]+$/.test(auth.user)) {
    faults.add(path, `must be a name of letters, digits and . _ @ + -, got ${JSON.stringify(auth.user)}`);
  }
  if (!PATH.test(auth.path)) {
    faults.add(joinPath(path, "path"), `must begin with /, got ${JSON.stringify(auth.path)}`);
  }
  if (!context.secrets.includes(auth.secret)) {
    faults.add(
      joinPath(path, "password"),
      `there is no secret ${auth.secret}`,
      `put ${auth.secret} in the SecretsBundle`,
    );
  }
}

/** Values that stand in a list more than once. */
export function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
