import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Faults } from "../../../constructs/model/faults";
import { SshKey } from "../../../constructs/model/ssh-key";

const folder = mkdtempSync(join(tmpdir(), "ssh-key-"));

function makeKey(name: string, ...options: string[]): string {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", `${name}@laptop`, "-f", file, ...options]);
  return file;
}

function faultsOf(key: SshKey): string[] {
  const faults = new Faults();
  key.validate(faults, "admins/0");
  return faults.toLines();
}

describe("SshKey", () => {
  test.each([
    ["ed25519", ["-t", "ed25519"]],
    ["ecdsa", ["-t", "ecdsa", "-b", "384"]],
    ["rsa", ["-t", "rsa", "-b", "2048"]],
  ])("takes an %s key as ssh-keygen writes it", (name, options) => {
    const file = makeKey(name, ...options);
    const key = SshKey.fromFile(`${file}.pub`);
    expect(faultsOf(key)).toEqual([]);
    expect(key.line).toBe(readFileSync(`${file}.pub`, "utf8").trim());
  });

  test("refuses an RSA key that is too short", () => {
    const file = makeKey("short", "-t", "rsa", "-b", "1024");
    expect(faultsOf(SshKey.fromFile(`${file}.pub`))).toEqual([
      "admins/0: short.pub must have at least 2048 bits, got 1024; make a new one with: ssh-keygen -t ed25519",
    ]);
  });

  test("refuses the private half without showing it", () => {
    const file = makeKey("private", "-t", "ed25519");
    expect(faultsOf(SshKey.fromFile(file))).toEqual([
      "admins/0: private holds a private key; give its public half, the file that ends in .pub",
    ]);
  });

  test("says how to make a key that is not there", () => {
    expect(faultsOf(SshKey.fromFile("keys/nobody.pub"))).toEqual([
      "admins/0: keys/nobody.pub cannot be read: there is no such file; make a key with: ssh-keygen -t ed25519 -f keys/nobody",
    ]);
  });

  test("refuses what is no key, what is cut off, and two at once", () => {
    const line = readFileSync(`${makeKey("whole", "-t", "ed25519")}.pub`, "utf8").trim();
    const two = join(folder, "two.pub");
    writeFileSync(two, `${line}\n${line}\n`);
    expect([
      ...faultsOf(SshKey.fromText("hello")),
      ...faultsOf(SshKey.fromText(line.slice(0, 40))),
      ...faultsOf(SshKey.fromFile(two)),
      ...faultsOf(SshKey.existing(" ")),
    ]).toEqual([
      'admins/0: the key must be an OpenSSH public key, got "hello"; it looks like: ssh-ed25519 AAAA... name',
      "admins/0: the key is damaged: what follows ssh-ed25519 is no such key; copy the whole line of the .pub file",
      "admins/0: two.pub must hold one key, got 2 lines; give each key by itself",
      "admins/0: must name a key, got an empty name",
    ]);
  });
});
