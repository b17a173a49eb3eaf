import { Fn } from "cdktf";
import { type RenderedHost, renderBundle, renderHost } from "../cloud-init/bundle";
import { type HostProgram, readHostProgram } from "../cloud-init/host-program";
import { renderUserData, validateUserData } from "../cloud-init/user-data";
import type { CloudInitPart } from "./cloud-init-parts";
import type { GeneratedKey } from "./host-keys";
import type { Faults } from "./model/faults";
import type { HostModel } from "./model/host";
import { literalText } from "./terraform-text";

export interface HostRenderingProps {
  /** The host as the bundle describes it. */
  readonly bundled: HostModel;
  /** The host as it is known before its server exists. */
  readonly firstBoot: HostModel;
  readonly bootstrap: GeneratedKey;
}

/** As long as a generated public key in JSON, and a little longer. */
const PUBLIC_KEY = "x".repeat(200);

/** All texts of a host, rendered once and escaped for Terraform. */
export class HostRendering {
  readonly host: RenderedHost;
  /** User data before it is escaped. */
  readonly plainUserData: string;
  /** What a diff shows, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Text of bundle.json. */
  readonly bundle: string;
  readonly userData: string;
  /** Public keys in the user data whose length is known, though they are drawn later. */
  private readonly generatedKeys: readonly string[];

  constructor({ bundled, firstBoot, bootstrap }: HostRenderingProps) {
    const program = hostProgram();
    this.host = renderHost(bundled, program);
    const bootstrapHostKey = {
      privateKeyJson: Fn.jsonencode(bootstrap.privateKey),
      publicKeyJson: Fn.jsonencode(bootstrap.publicKey),
    };
    this.plainUserData = renderUserData({ host: firstBoot, bootstrapHostKey, program });
    this.generatedKeys = [bootstrapHostKey.publicKeyJson, ...firstBoot.deployKeys.slice(0, 1)];
    const files = Object.entries(this.host.files).map(([path, text]) => [path, literalText(text)]);
    this.files = Object.fromEntries(files);
    this.bundle = literalText(renderBundle(this.host, program));
    this.userData = literalText(this.plainUserData);
  }

  get warnings(): readonly string[] {
    return this.host.warnings;
  }

  /** Checks the user data, further parts included, against what the cloud takes. */
  validate(faults: Faults, limit: number, parts: readonly CloudInitPart[]): void {
    const sized = this.generatedKeys.reduce((text, key) => text.replaceAll(key, PUBLIC_KEY), this.plainUserData);
    const text = [sized, ...parts.map((part) => part.content)].join("\n");
    validateUserData(text, limit, faults, "user data");
  }
}

let program: HostProgram | undefined;

/** The program is the same for every host: it is read and packed once. */
function hostProgram(): HostProgram {
  program ??= readHostProgram();
  return program;
}
