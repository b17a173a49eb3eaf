import { readHostProgram } from "../../cloud-init/host-program";
import { renderUserData, validateUserData } from "../../cloud-init/user-data";
import { Faults } from "../../constructs/model/faults";
import { expectGolden } from "../golden";
import { chitram, PROGRAM } from "./hosts";

const bootstrapHostKey = {
  privateKeyJson: JSON.stringify("-----BEGIN PRIVATE KEY-----\nA $& $1 B\n"),
  publicKeyJson: '"ecdsa-sha2-nistp256 AAAA"',
};

test("a server's first text", () => {
  const host = { ...chitram(), deployKeys: ["ssh-ed25519 AAAA admin", "${TfToken[TOKEN.7]}"] };
  expectGolden("cloud-init/goldens/user-data.golden.txt", renderUserData({ host, bootstrapHostKey, program: PROGRAM }));
});

test("it holds nothing of the application: no setting, no secret's name, no site", () => {
  const text = renderUserData({ host: chitram(), bootstrapHostKey, program: PROGRAM });
  expect(text).not.toMatch(/POSTGRES_PASSWORD|DEBUG|chitram\.example|ghcr\.io/);
});

test("with the real program it leaves a twentieth of 32 KiB for keys and parts", () => {
  const text = renderUserData({ host: chitram(), bootstrapHostKey, program: readHostProgram() });
  expect(Buffer.byteLength(text)).toBeLessThan(32 * 1024 * 0.95);
});

test("more than a cloud takes is a fault, late-bound keys counted", () => {
  const faults = new Faults();
  validateUserData("a".repeat(32_768), 32_768, faults, "userData");
  expect(faults.isEmpty).toBe(true);
  validateUserData(`${"a".repeat(32_000)} ` + "${TfToken[TOKEN.7]} ${TfToken[TOKEN.8]}", 32_768, faults, "userData");
  expect(faults.toLines()).toEqual([
    "userData: must be at most 32768 bytes, got 33240; move what need not happen at first boot out of the extra cloud-init parts",
  ]);
});
