import type { Construct } from "constructs";
import type { LogicalIds } from "./logical-ids";
import { optionalModule } from "./optional-module";
import { needProvider } from "./providers";
import { literalText } from "./terraform-text";

/** A part of what cloud-init runs at the first boot. */
export interface CloudInitPart {
  /** Its text, as it stands. It becomes user data: no place for a secret. */
  readonly content: string;
  /**
   * What it is: `text/x-shellscript`, `text/jinja2`.
   * @default - `text/cloud-config`
   */
  readonly contentType?: string;
  /**
   * How cloud-init joins it with the parts before.
   * @default - lists are joined, and what came first stays
   */
  readonly mergeType?: string;
}

/** Without it a part that writes a file would drop every file of the parts before. */
const JOIN = "list(append)+dict(no_replace,recurse_list)+str()";

/** Puts further parts behind the host's own user data. Returns the user data as it is, when there are none. */
export function joinCloudInit(
  scope: Construct,
  ids: LogicalIds,
  userData: string,
  parts: readonly CloudInitPart[],
): string {
  if (parts.length === 0) return userData;
  const load = optionalModule("extraCloudInit", "@cdktf/provider-cloudinit");
  const { CloudinitProvider } = load<typeof import("@cdktf/provider-cloudinit/lib/provider")>("provider");
  const { DataCloudinitConfig } =
    load<typeof import("@cdktf/provider-cloudinit/lib/data-cloudinit-config")>("data-cloudinit-config");
  needProvider(scope, {
    name: "cloudinit",
    versions: ">= 2.2, < 3",
    create: (parent) => new CloudinitProvider(parent, "cloudinit"),
  });
  const own = { content: userData, contentType: "text/cloud-config", filename: "single-host.yaml" };
  const further = parts.map((part, index) => ({
    content: literalText(part.content),
    contentType: part.contentType ?? "text/cloud-config",
    filename: `extra-${index}`,
    mergeType: part.mergeType ?? JOIN,
  }));
  // DigitalOcean takes neither base64 nor gzip.
  const config = { gzip: false, base64Encode: false, part: [own, ...further] };
  return ids.fix(new DataCloudinitConfig(scope, "user-data", config), "user_data").rendered;
}
