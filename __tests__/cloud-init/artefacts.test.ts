import { renderBundle, renderHost } from "../../cloud-init/bundle";
import { validateHost } from "../../constructs/model/host";
import { expectGolden } from "../golden";
import { chitram, deita, ordinary, PROGRAM } from "./hosts";

describe.each([
  ["chitram", chitram],
  ["deita", deita],
  ["ordinary", ordinary],
])("%s", (name, host) => {
  const rendered = renderHost(host(), PROGRAM);

  test("has no fault", () => {
    expect(validateHost(host()).toLines()).toEqual([]);
  });

  test.each(["Caddyfile", "overlay.yaml", "host.json"])("%s", (file) => {
    expectGolden(`cloud-init/goldens/${name}.${file}.golden.txt`, rendered.files[file] ?? "");
  });

  test("the same model gives the same bytes", () => {
    expect(renderBundle(renderHost(host(), PROGRAM), PROGRAM)).toBe(renderBundle(rendered, PROGRAM));
  });
});

test("the edge is the same for every host but for image and log sizes", () => {
  expectGolden("cloud-init/goldens/edge.yaml.golden.txt", renderHost(chitram(), PROGRAM).files["edge.yaml"] ?? "");
});

test("a team's compose file travels byte for byte, and its own proxy's files stay at home", () => {
  const { bundle } = renderHost(chitram(), PROGRAM);
  const [compose] = chitram().app.files;
  expect(compose?.path).toBe("docker-compose.yml");
  expect(bundle["app/docker-compose.yml"]).toEqual({ text: compose?.content.toString("utf8") });
  expect(Object.keys(bundle)).toEqual([
    "host.json",
    "Caddyfile",
    "edge.yaml",
    "overlay.yaml",
    "program",
    "app/docker-compose.yml",
  ]);
});

test("what services read travels with the compose file, binary files and modes too", () => {
  const { bundle, files } = renderHost(ordinary(), PROGRAM);
  expect(Object.keys(bundle).filter((path) => path.startsWith("app/"))).toEqual([
    "app/base/entry.sh",
    "app/base/python.env",
    "app/base/service.yaml",
    "app/compose.yaml",
    "app/config/settings.toml",
    "app/config/worker.ini",
    "app/parts/logs/compose.yaml",
    "app/parts/logs/rules/a.toml",
    "app/parts/logs/rules/b.bin",
    "app/parts/queue.yaml",
  ]);
  expect(bundle["app/base/entry.sh"]).toEqual({ text: '#!/bin/sh\nexec "$@"\n', mode: "0755" });
  expect(bundle["app/parts/logs/rules/b.bin"]).toEqual({ base64: "/wAB" });
  expect(files["app/parts/logs/rules/b.bin"]).toMatch(/^3 bytes, sha256:[0-9a-f]{64}$/);
  expect(files["app/base/entry.sh (program)"]).toBe(bundle["app/base/entry.sh"]?.text);
});

test("bundle.json holds the program, its checksum and every file", () => {
  const rendered = renderHost(chitram(), PROGRAM);
  expect(JSON.parse(renderBundle(rendered, PROGRAM))).toEqual({
    format: 1,
    program: PROGRAM.archive,
    program_sha256: PROGRAM.sha256,
    files: rendered.bundle,
  });
  expect(rendered.files.program).toBe(`cdktf-single-host 1.2.3 sha256:${PROGRAM.sha256}\n`);
});

test("warnings say what is left out", () => {
  expect(renderHost(chitram(), PROGRAM).warnings).toEqual([
    "docker-compose.yml: service caddy publishes port 80 or 443 and is left out, because this host's own Caddy answers " +
      "there; name it in a site to keep it behind Caddy.",
  ]);
});
