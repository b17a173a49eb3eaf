import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { renderCaddyfile } from "../../cloud-init/caddyfile";
import { renderHostJson } from "../../cloud-init/host-json";
import type { HostModel } from "../../constructs/model/host";
import { chitram, deita, ordinary } from "../cloud-init/hosts";
import { caddyBinary, caddyFolder } from "./caddy";

describe.each([
  ["chitram", chitram],
  ["deita", deita],
  ["ordinary", ordinary],
])("%s", (_, host) => {
  test("caddy takes the Caddyfile", () => {
    expect(caddy("validate", host())).toMatchObject({ status: 0, stdout: expect.not.stringContaining("warn") });
  });

  test("caddy would format it the same", () => {
    expect(caddy("fmt", host(), "--diff").stdout).not.toMatch(/^[-+]/m);
  });
});

test("caddy refuses a team's own line that is wrong, so that a server keeps its old Caddyfile", () => {
  const [site] = chitram().sites;
  const broken = {
    ...chitram(),
    sites: [Object.assign(Object.create(Object.getPrototypeOf(site)), site, { extraCaddyLines: "no_such_directive" })],
  };
  expect(caddy("validate", broken)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("unrecognized directive: no_such_directive"),
  });
});

function caddy(verb: string, host: HostModel, ...options: string[]) {
  const hash = "admin $2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG\n";
  const users: { file: string }[] = JSON.parse(renderHostJson(host)).basic_auth;
  const text = renderCaddyfile(host).replaceAll("import basic-auth/", "import basic-auth-");
  const folder = caddyFolder(text, Object.fromEntries(users.map(({ file }) => [file, hash])));
  const config = join(folder, "Caddyfile");
  const argv = verb === "fmt" ? ["fmt", ...options, config] : [verb, "--adapter", "caddyfile", "--config", config];
  return spawnSync(caddyBinary(), argv, { encoding: "utf8", env: { ...process.env, HOME: folder } });
}
