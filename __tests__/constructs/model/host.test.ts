import { ComposeApp } from "../../../constructs/model/compose";
import { Duration } from "../../../constructs/model/duration";
import { validateHost } from "../../../constructs/model/host";
import { Size } from "../../../constructs/model/size";
import { hostOf } from "../../cloud-init/hosts";

const app = ComposeApp.fromText("services: {web: {image: a, environment: {A: $S}}}");

test("everything of a host is checked at once", () => {
  const host = hostOf({
    app,
    project: "My Shop",
    rebootWindow: "25:00",
    acmeEmail: "nobody",
    caddyImage: "Caddy:2",
    secrets: [
      { name: "S", services: [] },
      { name: "S", services: [] },
    ],
  });
  expect(validateHost(host).toLines()).toEqual([
    'app/name: is not a compose project name: "My Shop"; use lower-case letters, digits, - and _: app name',
    'rebootWindow: must be a time of day, got "25:00"; write it as "04:30"',
    'acmeEmail: must be an address for mail, got "nobody"',
    'caddyImage: "Caddy:2" is not an image; write its name in lower case: "caddy:2"',
    "secrets/S: is given twice; give it once",
  ]);
});

test.each(["a@b`c", "`a@b", "a@b\\", "a@b\u0000", "a@b#", "a b@c"])("no address for mail: %j", (acmeEmail) => {
  const host = hostOf({ app, acmeEmail, secrets: [{ name: "S", services: [] }] });
  expect(validateHost(host).toLines()).toHaveLength(1);
});

test.each(["edge", "volume"])("a host can not be called %s: its folder on the server is taken", (name) => {
  expect(validateHost(hostOf({ app, name, secrets: [{ name: "S", services: [] }] })).toLines()).toEqual([
    `name: /srv/${name} on the server is the host's own; choose another name`,
  ]);
});

test("late-bound values pass", () => {
  const late = "${TfToken[TOKEN.1]}";
  const host = hostOf({ app, ipv4: late, acmeEmail: late, deployKeys: [late], secrets: [{ name: "S", services: [] }] });
  expect(validateHost(host).toLines()).toEqual([]);
});

test("units are types", () => {
  expect([
    Size.gibibytes(2).toMebibytes(),
    Size.mebibytes(1).toBytes(),
    String(Size.gibibytes(2)),
    String(Size.mebibytes(100)),
  ]).toEqual([2048, 1_048_576, "2 GiB", "100 MiB"]);
  expect(
    [Duration.days(1), Duration.hours(2), Duration.minutes(3), Duration.seconds(4)].map((it) => it.toSeconds()),
  ).toEqual([86_400, 7200, 180, 4]);
});
