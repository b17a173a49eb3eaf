import sodium from "libsodium-wrappers";
import type { Vault } from "./state";

/** A key pair to which secrets are sealed; GitHub keeps one for each repository and each environment. */
export async function newKey(id: number): Promise<Vault["key"]> {
  await sodium.ready;
  const pair = sodium.crypto_box_keypair();
  return {
    id: String(id),
    publicKey: Buffer.from(pair.publicKey).toString("base64"),
    privateKey: Buffer.from(pair.privateKey).toString("base64"),
  };
}

/** What a sealed box holds, or undefined where it was not sealed to this key. */
export async function unseal(key: Vault["key"], encrypted: string): Promise<string | undefined> {
  await sodium.ready;
  try {
    const opened = sodium.crypto_box_seal_open(
      Buffer.from(encrypted, "base64"),
      Buffer.from(key.publicKey, "base64"),
      Buffer.from(key.privateKey, "base64"),
    );
    return Buffer.from(opened).toString("utf8");
  } catch {
    return undefined;
  }
}
