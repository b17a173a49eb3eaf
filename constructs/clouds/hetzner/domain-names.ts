import { isLateBound } from "../../model/token";

/** As Hetzner keeps a name: one in other letters would be planned anew each time. */
export function keptName(domain: string): string {
  return isLateBound(domain) ? domain : domain.toLowerCase();
}
