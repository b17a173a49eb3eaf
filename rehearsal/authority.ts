import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "./cache";
import { command } from "./command";

/**
 * The authority behind the companies' names in the embedded cloud. Only rehearsal images trust it, never this machine.
 * Made once for each user; its key stays in the cache, readable to the user alone.
 */
export async function certificateAuthority(): Promise<string> {
  return madeOnce("authority", async (folder) => {
    const at = (name: string) => join(folder, name);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
    const authority = ["-subj", "/CN=cdktf-single-host rehearsal authority", "-days", "3650"];
    const files = ["-keyout", at("key.pem"), "-out", at("certificate.pem")];
    const limits = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
    await command(["openssl", "req", "-x509", ...key, ...authority, ...files, ...limits]);
    // what the ACME server shows to the front that stands before it
    const request = ["-subj", "/CN=localhost", "-keyout", at("localhost-key.pem"), "-out", at("localhost.csr")];
    await command(["openssl", "req", ...key, ...request]);
    writeFileSync(at("extensions"), "subjectAltName=DNS:localhost\n");
    const signing = ["-CA", at("certificate.pem"), "-CAkey", at("key.pem"), "-CAcreateserial", "-days", "3650"];
    const result = ["-extfile", at("extensions"), "-out", at("localhost.pem")];
    await command(["openssl", "x509", "-req", "-in", at("localhost.csr"), ...signing, ...result]);
  });
}
