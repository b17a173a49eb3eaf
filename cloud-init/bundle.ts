import { createHash } from "node:crypto";
import type { TravellingFile } from "../constructs/model/compose-files";
import { composeContext, type HostModel, upstreamsOf } from "../constructs/model/host";
import { renderCaddyfile } from "./caddyfile";
import { renderComposeOverlay } from "./compose-overlay";
import { renderEdgeCompose } from "./edge";
import { renderHostJson } from "./host-json";
import type { HostProgram } from "./host-program";

/** A file of the bundle as the server receives it. */
export interface BundleFile {
  readonly text?: string;
  readonly base64?: string;
  /** @default - 0644 */
  readonly mode?: string;
}

export interface RenderedHost {
  /** What a diff shows: path in the bundle (and `program`) -> text. Binary files show their size and checksum. */
  readonly files: Readonly<Record<string, string>>;
  /** What is sent: path in the bundle -> content. */
  readonly bundle: Readonly<Record<string, BundleFile>>;
  /** What a team should know, though nothing is wrong. */
  readonly warnings: readonly string[];
}

/** Renders all that the server gets over SSH. Pure: the same model gives the same bytes. */
export function renderHost(host: HostModel, program: HostProgram): RenderedHost {
  const own: Record<string, string> = {
    "host.json": renderHostJson(host),
    Caddyfile: renderCaddyfile(host),
    "edge.yaml": renderEdgeCompose(host),
    "overlay.yaml": renderComposeOverlay(host),
    program: `cdktf-single-host ${program.version} sha256:${program.sha256}\n`,
  };
  const files: Record<string, string> = { ...own };
  const bundle: Record<string, BundleFile> = Object.fromEntries(
    Object.entries(own).map(([path, text]) => [path, { text }]),
  );
  for (const file of travellingFiles(host)) {
    bundle[`app/${file.path}`] = bundleFile(file);
    // The mode is part of the name, or a file that became a program would not show as a change.
    files[`app/${file.path}${file.executable ? " (program)" : ""}`] = shownText(file);
  }
  return { files, bundle, warnings: host.app.warnings(composeContext(host)) };
}

/** The text of bundle.json. */
export function renderBundle(rendered: RenderedHost, program: HostProgram): string {
  return JSON.stringify({
    format: 1,
    program: program.archive,
    program_sha256: program.sha256,
    files: rendered.bundle,
  });
}

/** The compose files, and what services that start read. */
function travellingFiles(host: HostModel): TravellingFile[] {
  const read = new Set(host.app.activeServices(upstreamsOf(host)).flatMap((service) => service.files.travelling));
  const { composeFiles } = host.app.document;
  return host.app.files.filter((file) => read.has(file.path) || composeFiles.has(file.path));
}

function bundleFile(file: TravellingFile): BundleFile {
  const text = textContent(file);
  const content: BundleFile = text === null ? { base64: file.content.toString("base64") } : { text };
  return file.executable ? { ...content, mode: "0755" } : content;
}

function shownText(file: TravellingFile): string {
  const digest = createHash("sha256").update(file.content).digest("hex");
  return textContent(file) ?? `${file.content.length} bytes, sha256:${digest}`;
}

/** The file's text when its bytes are UTF-8 and nothing else; null otherwise. */
function textContent(file: TravellingFile): string | null {
  const text = file.content.toString("utf8");
  return Buffer.from(text, "utf8").equals(file.content) && !text.includes("\0") ? text : null;
}
