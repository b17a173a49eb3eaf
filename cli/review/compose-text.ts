import { parseDocument } from "yaml";
import { isMapping, type Mapping } from "../../constructs/model/compose-fields";

/** A compose file as it stands in a plan; null where it can't be read. Aliases are followed as often as a person writes them. */
export function readCompose(text: string): Mapping | null {
  try {
    const document = parseDocument(text, { merge: true, logLevel: "silent" });
    const content: unknown = document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 100 });
    return isMapping(content) ? content : null;
  } catch {
    return null; // more aliases than that
  }
}
