import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { script } from "../../../constructs/workflows/scripts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "step-"));
});

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  /** What the step tells later ones, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs a step as GitHub's runner does: bash with these options, and values by the environment. */
function step(name: string, values: Readonly<Record<string, string>> = {}): Outcome {
  const [outputs, environment] = [join(folder, "outputs"), join(folder, "environment")];
  for (const file of [outputs, environment]) writeFileSync(file, "");
  const { PATH = "" } = process.env;
  const env = { PATH, HOME: folder, RUNNER_TEMP: folder, GITHUB_OUTPUT: outputs, GITHUB_ENV: environment, ...values };
  const argv = ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script(name)];
  const { status, stdout, stderr } = spawnSync("bash", argv, { cwd: folder, env, encoding: "utf8" });
  return { code: status, output: stdout + stderr, outputs: pairs(outputs), environment: pairs(environment) };
}

function pairs(file: string): Record<string, string> {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

function git(...argv: string[]): void {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"];
  execFileSync("git", ["-C", folder, ...identity, ...argv], { stdio: "pipe" });
}

function commit(files: Readonly<Record<string, string>>): void {
  git("init", "--quiet");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  git("add", "--all");
  git("commit", "--quiet", "--message", "$(touch owned)");
}

describe("passwords of a job", () => {
  test("are as long as in production, letters and digits, and never the same", () => {
    const drawn = () => step("draw-secrets", { DRAWN: "POSTGRES_PASSWORD:32 JWT_SECRET_KEY:64" }).environment;
    const [first, second] = [drawn(), drawn()];
    expect(first.POSTGRES_PASSWORD).toMatch(/^[0-9a-f]{32}$/);
    expect(first.JWT_SECRET_KEY).toMatch(/^[0-9a-f]{64}$/);
    expect(second.POSTGRES_PASSWORD).not.toBe(first.POSTGRES_PASSWORD);
  });
});

describe("the version of a commit", () => {
  const sha = "3f2a91c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6";
  const version = (values = {}) => step("version", { FOLDER: ".", GITHUB_SHA: sha, ...values }).outputs;

  test("is its tag's", () => {
    commit({ "package.json": '{"version": "1.0.0"}' });
    git("tag", "v1.9.0");
    git("tag", "v1.10.0");
    git("tag", "very-old");
    expect(version()).toEqual({ number: "1.10.0", version: "1.10.0+3f2a91c0d1e2" });
  });

  test.each([
    ["package.json", '{"version": "2.1.0-rc.1"}', "2.1.0-rc.1"],
    ["pyproject.toml", '[project]\nname = "a"\nversion = "0.3.0"\n[tool.x]\nversion = "9.9.9"\n', "0.3.0"],
  ])("else that of %s in the image's folder", (file, text, number) => {
    commit({ [`backend/${file}`]: text });
    expect(version({ FOLDER: "backend" })).toEqual({ number, version: `${number}+3f2a91c0d1e2` });
  });

  test("is the commit alone where nothing names one", () => {
    commit({ "README.md": "" });
    expect(version()).toEqual({ number: "", version: "0.0.0+3f2a91c0d1e2" });
  });

  test.each(["1.0", "v1.0.0", "01.0.0", "1.0.0 $(touch owned)", "1.0.0\\nnumber=6.6.6", "latest", "`touch owned`"])(
    "%j is none",
    (text) => {
      commit({ "package.json": `{"version": "${text}"}` });
      expect(version()).toEqual({ number: text.includes("\\n") ? "1.0.0" : "", version: expect.any(String) });
      expect(existsSync(join(folder, "owned"))).toBe(false);
    },
  );
});

describe("rolling back by hand", () => {
  test.each(["$(touch owned)", "7; touch owned", "--by me", "1234567890", "-1", "7 8", "`touch owned`", "\n7"])(
    "%j is not the number of a release",
    (number) => {
      const { code, output } = step("roll-back", { RELEASE: number, BY: "me" });
      expect(code).toBe(1);
      expect(output).toContain("is not the number of a release");
      expect(existsSync(join(folder, "owned"))).toBe(false);
    },
  );
});

describe("a plan's judgement", () => {
  test.each([
    ["0", "0", 0, ""],
    ["1", "0", 1, "do not apply"],
    ["2", "0", 1, "do not apply"],
    ["0", "1", 1, "Terraform refuses this plan"],
    ["", "", 1, "do not apply"],
  ])("review %j, terraform %j", (code, terraform, expected, words) => {
    const outcome = step("judge", { CODE: code, TERRAFORM: terraform });
    expect(outcome.code).toBe(expected);
    expect(outcome.output).toContain(words);
  });
});

test("the way to a server is one that ssh takes, for its user and pinned key alone", () => {
  const { environment } = step("connect", {
    SERVER: "203.0.113.7",
    SERVER_USER: "release",
    SSH_KEY: "-----BEGIN",
    KNOWN_HOSTS: "203.0.113.7 ssh-ed25519 AAAA",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "abhi10/chitram",
    GITHUB_RUN_ID: "7",
  });
  expect(environment.BY).toBe("github.com/abhi10/chitram/actions/runs/7/attempts/1");
  const settings = execFileSync("ssh", ["-G", "-F", join(folder, "ssh_config"), "server"], { encoding: "utf8" });
  for (const line of [
    "hostname 203.0.113.7",
    "user release",
    "stricthostkeychecking true",
    "identitiesonly yes",
    "batchmode yes",
    `userknownhostsfile ${join(folder, "known_hosts")}`,
  ]) {
    expect(settings.split("\n")).toContain(line);
  }
  expect(step("disconnect").code).toBe(0);
  expect(existsSync(join(folder, "release_key"))).toBe(false);
});

describe("waiting for a server", () => {
  /** An ssh that ends like this, one time after the other: its code, and what it says. @returns those that are left */
  function wait(patience: number, ...ends: readonly string[]): Outcome & { readonly left: readonly string[] } {
    const [programs, file] = [join(folder, "programs"), join(folder, "ends")];
    mkdirSync(programs);
    writeFileSync(file, ends.join("\n"));
    const ssh = ["end=$(sed -n 1p ends)", "sed -i 1d ends", 'echo "${end#* }" >&2', 'exit "${end%% *}"'];
    writeFileSync(join(programs, "ssh"), ["#!/bin/sh", ...ssh, ""].join("\n"), { mode: 0o755 });
    writeFileSync(join(programs, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
    const outcome = step("await-server", { PATIENCE: String(patience), PATH: `${programs}:${process.env.PATH}` });
    return {
      ...outcome,
      left: readFileSync(file, "utf8")
        .split("\n")
        .filter((end) => end !== ""),
    };
  }

  test("goes on until it answers, whatever it then says", () => {
    const { code, output, left } = wait(600, "255 timed out", "255 Connection closed", "1 not today", "0 never");
    expect([code, left]).toEqual([0, ["0 never"]]);
    expect(output).toBe(
      "The server does not answer yet: timed out\nThe server does not answer yet: Connection closed\n",
    );
  });

  test.each(["release@203.0.113.7: Permission denied (publickey).", "Host key verification failed."])(
    "ends with %j: it has answered",
    (words) => {
      const outcome = wait(600, `255 ${words}`, "0 never");
      expect(outcome).toMatchObject({ code: 0, output: "", left: ["0 never"] });
    },
  );

  test("ends with its patience, so that the next step says why", () => {
    expect(wait(0, "255 timed out", "0 never")).toMatchObject({ code: 0, output: "", left: ["0 never"] });
  });
});

describe("the push of a version", () => {
  const IMAGE = "ghcr.io/abhi10/chitram";
  /** @param answer what docker says when it is asked for the version, in its own words */
  const push = (answer: string) => {
    const programs = join(folder, "programs");
    mkdirSync(programs);
    const lines = [
      "#!/bin/sh",
      `case "$1" in manifest) ${answer} ;; image) echo ${IMAGE}@sha256:aa ;; push) echo "$3" >>pushed ;; esac`,
    ];
    writeFileSync(join(programs, "docker"), `${lines.join("\n")}\n`, { mode: 0o755 });
    const outcome = step("push", {
      PATH: `${programs}:${process.env.PATH}`,
      IMAGES: `app,worker=${IMAGE}`,
      NUMBER: "1.2.0",
      GITHUB_SHA: "3f2a91c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6",
    });
    return { ...outcome, pushed: readFileSync(join(folder, "pushed"), "utf8").trim().split("\n") };
  };
  const usual = [`${IMAGE}:sha-3f2a91c0d1e2`, `${IMAGE}:latest`];
  const release = `app=${IMAGE}@sha256:aa worker=${IMAGE}@sha256:aa`;

  test("is done where the registry has none of it", () => {
    const first = push('echo "no such manifest: $3" >&2; exit 1');
    expect(first).toMatchObject({ code: 0, pushed: [...usual, `${IMAGE}:1.2.0`], outputs: { release } });
  });

  test("is left out where it is out", () => {
    expect(push("echo '{\"schemaVersion\": 2}'")).toMatchObject({ code: 0, pushed: usual, outputs: { release } });
  });

  test("is no guess while the registry does not answer", () => {
    const silent = push('echo "failed to configure transport: error pinging v2 registry" >&2; exit 1');
    expect(silent).toMatchObject({ code: 1, pushed: usual, outputs: {} });
    expect(silent.output).toMatch(/::error::.*chitram:1\.2\.0: nobody says whether it is out already: .*pinging/);
  });
});
