/**
 * What a release must not disturb: long connections, and orders that are processed once; over HTTP/1.1 and HTTP/2. The
 * image is a private one, pulled with the login that the stack names.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildApplicationImage } from "../../rehearsal/application-image";
import { RunningCloud } from "../../rehearsal/cloud";
import { Login } from "../../rehearsal/login";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { cloudFromNothing, deploy, scenarioSteps, withLogs, workspaceOf } from "./deployment";
import { type Arrived, arrive, Orders, type Place, Socket, sha256 } from "./long-connections";

const IMAGE = "ghcr.io/acme/private-connections";
const FOLDER = "__tests__/scenarios/images/connections";

let cloud: RunningCloud;
let rehearsed: RehearsedStack;
let place: Place;
let continuousIntegration: Login;
const part = (name: string, run: () => Promise<void>) => it(name, () => withLogs(cloud, "connections", run));
const onServer = (line: string, input?: string) => rehearsed.visitor.onServer(line, input);
const containers = () => onServer("sudo docker ps --all --no-trunc --format '{{.ID}} {{.Names}}' | sort");

async function publish(version: string): Promise<void> {
  const log = join(rehearsed.workspace.logs, "images.log");
  await buildApplicationImage(cloud.embedded, `${IMAGE}:${version}`, join(__dirname, "..", "..", FOLDER), log);
}

async function versionServed(path: string): Promise<string> {
  return (await arrive(place, path)).version;
}

const customers: Orders[] = [];

function ordersFor(path: string, everyMilliseconds?: number): Orders {
  const orders = new Orders(place, path, everyMilliseconds);
  customers.push(orders);
  return orders;
}

/** How often the application has begun and ended the work for an order, whichever version it was. */
async function processed(): Promise<(order: string) => { begun: number; done: number }> {
  const lines = (await arrive(place, "/orders")).body.toString().split("\n");
  const count = (start: string) => lines.filter((line) => line.startsWith(`${start} `)).length;
  return (order) => ({ begun: count(`begun ${order}`), done: count(`done ${order}`) });
}

async function expectEachOnce(...all: Orders[]): Promise<void> {
  const times = await processed();
  for (const orders of all) {
    expect(orders.failed).toEqual([]);
    expect(orders.interruptions).toEqual([]);
    expect(orders.versions).toEqual(["1.0", "1.1"]);
    const often = [...orders.answers.keys()].filter((order) => times(order).begun !== 1 || times(order).done !== 1);
    expect(often).toEqual([]);
  }
}

beforeAll(async () => {
  const steps = scenarioSteps();
  cloud = await cloudFromNothing(steps);
  const definition = {
    images: { [`${IMAGE}:1.0`]: FOLDER },
    variables: { GHCR_TOKEN: cloud.embedded.privateImages.password },
  };
  rehearsed = await withLogs(cloud, "connections", () =>
    deploy(cloud, workspaceOf("connections", "connections"), definition, steps),
  );
  const { visitor, login, workspace } = rehearsed;
  place = { url: visitor.url, address: login.address, roots: visitor.props.roots };
  const { connections } = await cloud.control("GET", "/control/github/secrets?repository=acme/connections");
  continuousIntegration = new Login({
    user: connections.DEPLOY_USER,
    address: login.address,
    privateKey: connections.DEPLOY_SSH_KEY,
    knownHosts: connections.DEPLOY_KNOWN_HOSTS,
    folder: join(workspace.folder, ".continuous-integration"),
  });
});

afterEach(() => Promise.all(customers.splice(0).map((orders) => orders.stop())));
afterAll(() => RunningCloud.down());

describe("a release", () => {
  part("lets a websocket, an event stream and slow downloads end in peace, and processes each order once", async () => {
    await publish("1.1");
    const orders = ordersFor("/orders?seconds=0.3");
    const socket = await Socket.open(place, "/socket");
    const events = arrive(place, "/events");
    const released = continuousIntegration.run(`release app=${IMAGE}:1.1`);
    // one more every two seconds: the last of the old version's begins just before the switch
    const downloads: Promise<Arrived>[] = [];
    while ((await versionServed("/")) === "1.0") {
      downloads.push(arrive(place, "/download?seconds=30"));
      await Promise.race([sleep(2000), released.then(() => sleep(100))]);
    }
    expect(await socket.echo("are you there?")).toBe("1.0 are you there?");

    expect(await socket.closed).toBe(1001); // going away, in the application's own words
    const stream = await events;
    expect(stream).toMatchObject({ status: 200, version: "1.0", broken: undefined });
    expect(stream.body.toString()).toMatch(/^data: 1\.0\n\n[\s\S]*event: goodbye\ndata: the server ends\n\n$/);
    const arrived = await Promise.all(downloads);
    expect(arrived.filter(({ version }) => version === "1.0").length).toBeGreaterThan(0);
    const whole = await arrive(place, "/download");
    for (const { status, broken, body } of arrived) {
      expect({ status, broken, digest: sha256(body) }).toEqual({ status: 200, digest: sha256(whole.body) });
    }

    expect(await released).toMatch(/release: \d+ is in force/);
    await orders.stop();
    await expectEachOnce(orders);
  });

  part("of what cannot run twice holds orders back, and processes each once", async () => {
    const short = ordersFor("/writer/orders?seconds=0.3");
    const long = ordersFor("/writer/orders?seconds=8", 1000); // longer than the edge waits for them
    await sleep(2000);
    const said = await continuousIntegration.run(`release writer=${IMAGE}:1.1`);
    expect(said).toMatch(/writer: is stopped before its successor starts \(it writes orders\); a gap/);
    await Promise.all([short.stop(), long.stop()]);
    await expectEachOnce(short, long);
  });
});

describe("a service that dies in the middle of an order", () => {
  part("gets it once: the customer is told, and decides", async () => {
    const answer = arrive(place, "/writer/orders?seconds=60", "unlucky");
    while ((await processed())("unlucky").begun === 0) await sleep(200);
    const container = `$(sudo docker ps -qf label=com.docker.compose.service=writer)`;
    await onServer(`sudo kill -9 "$(sudo docker inspect --format '{{.State.Pid}}' "${container}")"`);
    expect((await answer).status).toBe(503);
    await rehearsed.visitor.untilWell("/writer/health", 30, 200);
    expect((await processed())("unlucky")).toEqual({ begun: 1, done: 0 });
  });
});

describe("a private image", () => {
  const release = (password: string | undefined) =>
    continuousIntegration.attempt(
      `release app=${IMAGE}:1.2${password === undefined ? "" : " --username octocat --password-stdin"}`,
      password === undefined ? "" : `${password}\n`,
    );

  part("is refused with a wrong password, and the lasting one does not stand in", async () => {
    await publish("1.2");
    const before = await containers();
    const { code, output } = await release("ghp_mistyped");
    expect(output).toMatch(
      /private-connections:1\.2: cannot be pulled: ghcr\.io refuses what octocat gave as the password/,
    );
    expect(output).toMatch(/check the password, that it may read packages/);
    expect(output).not.toContain("ghp_mistyped");
    expect(code).toBe(1);
    expect(await containers()).toBe(before);
  });

  part("is refused without a password once the stack names none, and says how to give one", async () => {
    rehearsed.workspace.edit("main.ts", (text) => text.replace(/ +registries: .*\n/, ""));
    await rehearsed.cdktf.deploy();
    const before = await containers();
    const { code, output } = await release(undefined);
    expect(output).toMatch(
      /private-connections:1\.2: cannot be pulled: ghcr\.io shows it to nobody without a password/,
    );
    expect(output).toMatch(/`--username NAME --password-stdin` at the release, or `registries` in the stack/);
    expect(code).toBe(1);
    expect(await containers()).toBe(before);
  });

  part("is released with a password that is nowhere before, meanwhile or afterwards", async () => {
    const { password } = cloud.embedded.privateImages;
    await onServer("umask 077; cat > /tmp/looked-for", password);
    const watch = onServer(
      "for turn in $(seq 60); do sudo cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | grep -acFf /tmp/looked-for; sleep 0.1; done",
    );
    const { code, output } = await release(password);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/release: \d+ is in force/) });
    expect(output).not.toContain(password);
    expect(await versionServed("/")).toBe("1.2");
    expect(new Set((await watch).trim().split("\n"))).toEqual(new Set(["0"]));
    const places = "/run /root /home /etc /srv /opt /var/lib/single-host /var/log";
    expect(await onServer(`sudo grep -rlaFf /tmp/looked-for ${places} || true`)).toBe("");
    expect(await onServer("sudo journalctl --no-pager | grep -cFf /tmp/looked-for || true")).toBe("0\n");
  });
});
