import type { Faults } from "./faults";

const PART = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const REGISTRY = "(?:localhost|[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+(?=:\\d))(?::\\d+)?";
const TAG = "\\w[\\w.-]{0,127}";
const DIGEST = "[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}";
/** What Docker takes: https://pkg.go.dev/github.com/distribution/reference */
const REFERENCE = new RegExp(`^(?:${REGISTRY}/)?${PART}(?:/${PART})*(?::${TAG})?(?:@${DIGEST})?$`);
const LONGEST = 512;

/** Tells what Docker would refuse only on the server, after minutes. */
export function checkImageName(faults: Faults, path: string, image: string): void {
  if (image.length <= LONGEST && REFERENCE.test(image)) return;
  const lower = image.replace(/^[^:@]+(?::\d+\/[^:@]+)?/, (name) => name.toLowerCase());
  const remedy = REFERENCE.test(lower)
    ? `write its name in lower case: ${JSON.stringify(lower)}`
    : "give its name, as in ghcr.io/owner/name:1.0";
  faults.add(path, `${JSON.stringify(image.slice(0, 100))} is not an image`, remedy);
}
