import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, digestOf, madeOnce } from "./cache";
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

/** A certificate of the authority's for the names of both clouds' object storage, by bucket and by path. */
export async function storageIdentity(authority: string): Promise<{ certificate: string; key: string }> {
  const [issuer, issuerKey] = [join(authority, "certificate.pem"), join(authority, "key.pem")];
  const places = Object.entries(storageRegions).flatMap(([domain, regions]) => regions.map((at) => `${at}.${domain}`));
  const names = places.flatMap((place) => [place, `*.${place}`]);
  const folder = await madeOnce(`storage-${digestOf(readFileSync(issuer, "utf8"), ...names)}`, async (unfinished) => {
    const at = (name: string) => join(unfinished, name);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", at("key.pem")];
    await command(["openssl", "req", ...key, "-subj", "/CN=object storage", "-out", at("request.csr")]);
    writeFileSync(at("extensions"), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
    const signing = ["-CA", issuer, "-CAkey", issuerKey, "-CAserial", at("serial"), "-CAcreateserial", "-days", "3650"];
    const result = ["-extfile", at("extensions"), "-out", at("certificate.pem")];
    await command(["openssl", "x509", "-req", "-in", at("request.csr"), ...signing, ...result]);
  });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return { certificate: read("certificate.pem"), key: read("key.pem") };
}

const storageRegions = {
  "digitaloceanspaces.com": ["nyc3", "sfo2", "sfo3", "ams3", "sgp1", "lon1", "fra1", "tor1", "blr1", "syd1", "atl1"],
  "your-objectstorage.com": ["fsn1", "nbg1", "hel1"],
};

/** Where systems keep the public authorities, as Go looks for them. */
const systemRoots = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** A file for SSL_CERT_FILE: whom this machine trusts already, and the rehearsal's authority. */
export function trustBundle(certificate: string): string {
  const roots = [process.env.SSL_CERT_FILE ?? "", ...systemRoots].find((file) => file !== "" && existsSync(file));
  const text = [...(roots ? [roots] : []), certificate].map((file) => readFileSync(file, "utf8").trimEnd()).join("\n");
  const file = join(cacheFolder, `trusted-${digestOf(text)}.pem`);
  if (!existsSync(file)) {
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, `${text}\n`);
    renameSync(unfinished, file);
  }
  return file;
}
