import { PrivateKey } from "@cdktf/provider-tls/lib/private-key";
import { TlsProvider } from "@cdktf/provider-tls/lib/provider";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { LogicalIds } from "./logical-ids";
import { needProvider } from "./providers";

/** Half open, half secret. */
export interface GeneratedKey {
  /** One line, without a line break at its end. */
  readonly publicKey: string;
  /** In OpenSSH's format, without passphrase. */
  readonly privateKey: string;
}

/** Draws a key that lives in Terraform's state and nowhere else. */
export function generateKey(
  scope: Construct,
  id: string,
  algorithm: "ED25519" | "ECDSA",
  name: (key: PrivateKey) => PrivateKey,
  protection: boolean,
): GeneratedKey {
  needProvider(scope, {
    name: "tls",
    versions: ">= 4.0, < 5",
    create: (parent) => new TlsProvider(parent, "tls"),
  });
  const key = name(
    new PrivateKey(scope, id, {
      algorithm,
      ecdsaCurve: algorithm === "ECDSA" ? "P256" : undefined,
      lifecycle: { preventDestroy: protection },
    }),
  );
  return { publicKey: Fn.trimspace(key.publicKeyOpenssh), privateKey: key.privateKeyOpenssh };
}

/** The keys by which a server and Terraform know each other. */
export class HostKeys extends Construct {
  /**
   * The server's host key at the first contact, the one secret that user data carries. It is ECDSA, because the lasting
   * one is Ed25519: Terraform (golang.org/x/crypto/ssh/knownhosts) keeps one key a type for a host, and a connection
   * that is tried again must take either.
   */
  readonly bootstrap: GeneratedKey;
  /** The server's host key ever after. */
  readonly lasting: GeneratedKey;
  /** With which Terraform logs in. */
  readonly deploy: GeneratedKey;

  constructor(scope: Construct, id: string, ids: LogicalIds, protection: boolean) {
    super(scope, id);
    const key = (part: string, algorithm: "ED25519" | "ECDSA") =>
      generateKey(this, part, algorithm, (resource) => ids.fix(resource, part), protection);
    this.bootstrap = key("bootstrap_host_key", "ECDSA");
    this.lasting = key("host_key", "ED25519");
    this.deploy = key("deploy_key", "ED25519");
  }
}
