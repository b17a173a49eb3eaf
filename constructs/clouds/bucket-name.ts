import { Id } from "@cdktf/provider-random/lib/id";
import type { Construct } from "constructs";
import { needRandom } from "../random";
import type { BucketRequest } from "./cloud";

/** Bucket names are shared by all customers of a cloud; the drawn part stays the same for the life of the state. */
export function uniqueBucketName(scope: Construct, request: BucketRequest): string {
  const { ids, idParts, hostName, purpose, protection } = request;
  needRandom(scope);
  const suffix = new Id(scope, "suffix", { byteLength: 4, lifecycle: { preventDestroy: protection } });
  ids.fix(suffix, ...idParts);
  const purposePart = namePart(purpose).slice(0, 20);
  return `${namePart(hostName).slice(0, 52 - purposePart.length)}-${purposePart}-${suffix.hex}`;
}

function namePart(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
