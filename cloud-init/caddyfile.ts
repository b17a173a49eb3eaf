import type { HostModel } from "../constructs/model/host";
import type { BasicAuth, Site, SiteRoute } from "../constructs/model/site";
import type { Size } from "../constructs/model/size";
import { isLateBound } from "../constructs/model/token";
import { caddyText, literalVariables } from "./caddy-text";
import { EDGE } from "./edge";

/** Renders the Caddyfile of a host, for Caddy 2.10. It is the same for every release: upstreams are asked of DNS. */
export function renderCaddyfile(host: HostModel): string {
  const blocks = [
    `# Written by cdktf-single-host: changes made here are lost.\n${renderGlobalOptions(host)}`,
    ...SNIPPETS,
    ...host.sites.flatMap((site, index) => renderSite(host, site, index)),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/**
 * Slow clients: ten seconds for a request's headers, fifteen minutes for its body, which is 100 MiB at 1 Mbit/s.
 * Answers have no limit, or long downloads and event streams would break.
 */
function renderGlobalOptions(host: HostModel): string {
  return block("", [
    ...(host.acmeEmail === null ? [] : [`email ${host.acmeEmail}`]),
    "grace_period 30s",
    "# Of a line that comes again and again, ten a second and then one in a thousand: each try of a request that waits is one.",
    block("log", [block("sampling", ["first 10", "thereafter 1000"])]),
    block("servers", [block("timeouts", ["read_header 10s", "read_body 15m", "idle 5m"])]),
  ]);
}

const SNIPPETS = [
  block("(common)", [
    "encode zstd gzip",
    "# One by one: in a block, none is added where the application sends any of them.",
    "header ?X-Content-Type-Options nosniff",
    "header ?X-Frame-Options SAMEORIGIN",
    "header ?Referrer-Policy strict-origin-when-cross-origin",
    block("header", ["-Server", "-Via"]),
    block("log", [
      block("output file /var/log/caddy/access.log", ["roll_size 20MiB", "roll_keep 5", "roll_keep_for 720h"]),
      "format json",
    ]),
  ]),
  block("(upstream)", [
    "# An address appears here once its container is healthy, and goes before the container does. A request that waits for one",
    "# asks again each second: more often, many that wait would take the processor from the container that they wait for.",
    block("reverse_proxy", [
      block("dynamic a", ["name {args[0]}", "port {args[1]}", "refresh 300ms", `resolvers ${EDGE.gateway}`]),
      "lb_try_duration {args[2]}",
      "lb_try_interval 1s",
      "stream_close_delay 5m",
      "# Shorter than the keep-alive of common servers, or a request meets a connection that is just being closed.",
      block("transport http", ["dial_timeout 2s", "keepalive 1s"]),
    ]),
  ]),
  block("(maintenance)", [
    block("handle_errors 502 503 504", [
      block("header", ["Content-Type text/html;charset=utf-8", "Cache-Control no-store", "Retry-After 10", "-Server"]),
      [
        "respond <<HTML",
        "<!doctype html>",
        '<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        '<meta http-equiv="refresh" content="10"><title>Back in a moment</title>',
        '<body style="font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem">',
        "<h1>Back in a moment</h1>",
        "<p>This site is being worked on. The page reloads by itself.</p>",
        "</html>",
        "HTML 503",
      ].join("\n"),
    ]),
  ]),
];

function renderSite(host: HostModel, site: Site, index: number): string[] {
  const names = basicAuthFiles(site, index);
  const policy = site.contentSecurityPolicy?.trim().replace(/\s+/g, " ") ?? null;
  const lines = [
    "import common",
    "import maintenance",
    ...(site.address.kind === "domain" ? ["header ?Strict-Transport-Security max-age=31536000"] : []),
    ...(policy === null ? [] : [...literalVariables(policy), `header ?Content-Security-Policy ${caddyText(policy)}`]),
    block("request_body", [`max_size ${caddySize(site.maximumRequestBody)}`]),
    ...basicAuthPaths(site).map((path) =>
      block(
        `basic_auth ${path}`,
        names.filter(({ auth }) => auth.path === path).map(({ file }) => `import ${file}`),
      ),
    ),
    ...(site.extraCaddyLines.trim() === "" ? [] : [{ verbatim: site.extraCaddyLines.trimEnd() }]),
    ...site.routes.map((route) => renderRoute(host, route)),
  ];
  const redirect = site.redirectFrom.map((domain) =>
    block(domain, ["import common", `redir ${siteAddress(host, site)}{uri} permanent`]),
  );
  return [block(siteLabel(host, site), lines), ...redirect];
}

function renderRoute(host: HostModel, route: SiteRoute): string {
  const proxy = `import upstream ${upstreamName(host, route.service)} ${route.port} ${holdTime(host, route.service)}`;
  return route.path === "/*" ? block("handle", [proxy]) : block(`handle ${route.path}`, [proxy]);
}

/** How long a request waits for a container to send it to: one that cannot run twice is away while it is replaced. */
function holdTime(host: HostModel, service: string): string {
  return host.app.isStoppedFirst(service) ? "30s" : "5s";
}

/** What Caddy asks for the addresses of a service's healthy containers. */
function upstreamName(host: HostModel, service: string): string {
  return `${service}.${host.project}.upstream`;
}

/** Where a site answers, as a user types it. */
export function siteAddress(host: HostModel, site: Site): string {
  switch (site.address.kind) {
    case "domain":
      return `https://${site.address.domain}`;
    case "sslip":
      return `https://${host.sslipName}`;
    case "address":
      return `http://${host.ipv4}`;
  }
}

function siteLabel(host: HostModel, site: Site): string {
  switch (site.address.kind) {
    case "domain":
      return site.address.domain;
    case "sslip":
      return host.sslipName;
    case "address":
      return "http://";
  }
}

/** The file, beside the Caddyfile, that holds a user's name and the hash of their password. */
export function basicAuthFiles(site: Site, index: number): { readonly auth: BasicAuth; readonly file: string }[] {
  const label = isLateBound(site.label) ? `site-${index}` : site.label;
  return site.basicAuth.map((auth, position) => ({ auth, file: `basic-auth/${label}-${position}.caddy` }));
}

/** Users of one path share a block: two blocks would both want their own password. */
function basicAuthPaths(site: Site): string[] {
  return [...new Set(site.basicAuth.map((auth) => auth.path))];
}

function caddySize(size: Size): string {
  return Number.isInteger(size.toMebibytes()) ? `${size.toMebibytes()}MiB` : `${size.toBytes()}B`;
}

/** A team's own lines: indented further they might mean something else. */
interface Verbatim {
  readonly verbatim: string;
}

/** A block of the Caddyfile. Here-documents may be indented with it: Caddy takes the indentation of their end away. */
function block(head: string, lines: readonly (string | Verbatim)[]): string {
  const body = lines.map((line) => (typeof line === "string" ? indent(line) : line.verbatim)).join("\n");
  return `${head === "" ? "" : `${head} `}{\n${body}\n}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "\t");
}
