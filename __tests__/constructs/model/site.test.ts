import { ComposeApp } from "../../../constructs/model/compose";
import { Faults } from "../../../constructs/model/faults";
import { validateHost } from "../../../constructs/model/host";
import { BasicAuth, Site, type SiteProps } from "../../../constructs/model/site";
import { Size } from "../../../constructs/model/size";
import { hostOf } from "../../cloud-init/hosts";

const app = ComposeApp.fromText(
  "services: {web: {image: a, expose: [8000]}, api: {image: a}, agent: {image: a, network_mode: none}, tool: {image: a, profiles: [tools]}}",
);

function faultsOf(...sites: Site[]): string[] {
  return validateHost(hostOf({ app, sites })).toLines();
}

const at = (domain: string, props: Partial<SiteProps> = {}) =>
  Site.at(domain, { service: "web", port: 8000, ...props });

test.each(["/a\u0000", "/a\u001b[31m", "/a\ud800", "/a`", "/a b"])("no path: %j", (path) => {
  const paths = [{ path, service: "web", port: 8000, health: path }];
  const basicAuth = [BasicAuth.user("u", { password: "P", path })];
  const faults = new Faults();
  at("a.example", { health: path, paths, basicAuth }).validate(faults, "site", {
    services: app.services,
    secrets: ["P"],
  });
  expect(faults.list).toHaveLength(4);
});

describe("a domain", () => {
  test.each([
    ["https://a.example", 'must be a domain alone, got "https://a.example"; write "a.example"'],
    ["http://a.example/x", 'must be a domain alone, got "http://a.example/x"; write "a.example"'],
    ["a.example:8443", 'must be a domain alone, got "a.example:8443"; write "a.example"'],
    ["a.example/shop", 'must be a domain alone, got "a.example/shop"; write "a.example"'],
    ["203.0.113.7", "must be a domain, got the address 203.0.113.7; use Site.onAddress or Site.onSslip"],
    ["*.a.example", "a certificate for *.a.example needs a DNS challenge; name each domain"],
    ["localhost", expect.stringContaining('must be a domain, got "localhost"')],
    ["a b.example", expect.stringContaining('must be a domain, got "a b.example"')],
    ["a.example {", expect.stringContaining("must be a domain")],
    ["chítram.example", expect.stringContaining("xn--")],
    ["-a.example", expect.stringContaining("must be a domain")],
    ["", expect.stringContaining("must be a domain")],
  ])("%j is refused", (domain, problem) => {
    const faults = new Faults();
    at(domain).validate(faults, "site", { services: app.services, secrets: [] });
    expect(faults.toLines()).toEqual([typeof problem === "string" ? `site: ${problem}` : problem]);
  });

  test.each(["a.example", "A.Example", "xn--chtram-qta.example", "a-b.c.example", "${TfToken[TOKEN.3]}"])(
    "%s is taken",
    (domain) => {
      expect(faultsOf(at(domain))).toEqual([]);
    },
  );

  test("one that belongs to two sites is refused, redirects and case included", () => {
    expect(
      faultsOf(
        at("a.example"),
        at("b.example", { redirectFrom: ["A.example"] }),
        Site.onAddress({ service: "api", port: 1 }),
        Site.onAddress({ service: "api", port: 2 }),
      ),
    ).toEqual([
      "sites/a.example: belongs to two sites; a domain has one site; give its paths to that",
      "sites/address: stands twice; a server has one such site; give its paths to that",
    ]);
  });
});

test("services and ports must be the compose file's, and all faults are told at once", () => {
  const site = at("a.example", {
    port: 8001,
    paths: [
      { path: "/x/*", service: "gone", port: 1 },
      { path: "v1", service: "api", port: 70_000 },
      { path: "/agent", service: "agent", port: 1, health: "health" },
      { path: "/tool", service: "tool", port: 1 },
    ],
  });
  expect(faultsOf(site)).toEqual([
    'sites/a.example/paths/agent/health: must be a path such as /health, got "health"',
    "sites/a.example/paths/agent/service: agent has network_mode none, so Caddy can't reach it; drop network_mode",
    "sites/a.example/paths/x/*/service: the compose file has no service gone; it has web, api, agent, tool",
    'sites/a.example/paths/v1: must begin with / and hold no spaces, quotes or braces, got "v1"',
    "sites/a.example/paths/v1/port: must be 1-65535, got 70000; set the port the container listens on",
    "sites/a.example/port: web does not listen on 8001; the compose file names 8000; use that, or add 8001 to its expose:",
    "sites/a.example/service: tool starts only with a profile; add the profile to the app's profiles",
  ]);
});

test.each(["/a b", "/{path}", '/a"b', "/`", "relative", "/a\nb", "/a#b"])("the path %j is refused", (path) => {
  expect(faultsOf(at("a.example", { paths: [{ path, service: "api", port: 1 }] }))).toHaveLength(1);
});

test("a path stands once", () => {
  const twice = { path: "/a/*", service: "api", port: 1 };
  expect(faultsOf(at("a.example", { paths: [twice, twice] }))).toEqual([
    "sites/a.example/paths: /a/* stands twice; a path has one service",
  ]);
  expect(faultsOf(at("a.example", { paths: [{ ...twice, path: "/*" }] }))).toEqual([
    "sites/a.example/paths: /* stands twice; a path has one service",
  ]);
});

test("a password is a secret of the bundle, a user's name is plain", () => {
  const basicAuth = [BasicAuth.user("ad min", { password: "GONE", path: "admin" })];
  expect(faultsOf(at("a.example", { basicAuth }))).toEqual([
    'sites/a.example/basicAuth/ad min: must be a name of letters, digits and . _ @ + -, got "ad min"',
    'sites/a.example/basicAuth/ad min/path: must begin with /, got "admin"',
    "sites/a.example/basicAuth/ad min/password: there is no secret GONE; put GONE in the SecretsBundle",
  ]);
});

test("redirects need a domain, bodies a size, a policy one line", () => {
  expect(faultsOf(Site.onAddress({ service: "web", port: 8000, redirectFrom: ["www.a.example"] }))).toEqual([
    "sites/address/redirectFrom: needs a site with a domain; use Site.at",
  ]);
  expect(
    faultsOf(at("a.example", { maximumRequestBody: Size.mebibytes(0), contentSecurityPolicy: "a\u0000b" })),
  ).toEqual([
    "sites/a.example/maximumRequestBody: must be more than nothing, got 0 MiB",
    "sites/a.example/contentSecurityPolicy: holds a control character; a header is one line of text",
  ]);
});

test("a site of a compose file that can't be read is checked for the rest", () => {
  const unreadable = ComposeApp.fromText("");
  expect(validateHost(hostOf({ app: unreadable, sites: [at("https://a.example")] })).toLines()).toEqual([
    "app: compose.yaml is empty; name the file that holds your services",
    'sites/https://a.example: must be a domain alone, got "https://a.example"; write "a.example"',
  ]);
});
