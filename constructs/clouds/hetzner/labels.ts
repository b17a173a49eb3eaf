/** What every resource of a host carries: Hetzner's projects have no groups, and one finds them by these. */
export function labelsOf(hostName: string): Record<string, string> {
  return { "managed-by": "cdktf-single-host", host: labelValue(hostName) };
}

/** A label's value has at most 63 of a-z, A-Z, 0-9, "-", "_" and ".", a letter or digit at both ends. */
function labelValue(text: string): string {
  return text
    .replace(/[^a-zA-Z0-9._-]/g, "-")
    .slice(0, 63)
    .replace(/^[^a-zA-Z0-9]+|[^a-zA-Z0-9]+$/g, "");
}
