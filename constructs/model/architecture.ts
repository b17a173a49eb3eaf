import type { ComposeApp } from "./compose";
import { type Faults, joinPath } from "./faults";

/** A server's processor, and what an image is built for, in Docker's words. */
export type Architecture = "amd64" | "arm64";

/** What a server runs, and what an application brings. */
export interface ArchitectureUse {
  readonly app: ComposeApp;
  /** Services that sites send requests to. */
  readonly upstreams: readonly string[];
  /** The server's. */
  readonly architecture: Architecture;
}

/** Checks that every image of an application can run on a server, as far as the application says what it is built for. */
export function validateArchitecture(faults: Faults, path: string, use: ArchitectureUse): void {
  const { app, upstreams, architecture } = use;
  if (app.architectures.length === 0) {
    faults.add(joinPath(path, "architectures"), "names none", 'say what the images are built for: ["amd64"]');
    return;
  }
  for (const { name, platform, released } of app.activeServices(upstreams)) {
    if (platform !== null && !platform.includes("$") && architectureOf(platform) !== architecture) {
      const problem = `is ${platform}, and the server is ${architecture}`;
      faults.add(joinPath(path, "services", name, "platform"), problem, `drop platform:, or ${otherServer(platform)}`);
    } else if (released && platform === null && !app.architectures.includes(architecture)) {
      const [built] = app.architectures;
      faults.add(
        joinPath(path, "images", name),
        `is built for ${built} alone, and the server is ${architecture}`,
        `push an image for both (docker buildx build --platform linux/amd64,linux/arm64) and say so with ` +
          `architectures: ["amd64", "arm64"], or choose an ${built} server type`,
      );
    }
  }
}

/** `linux/arm64/v8` is arm64; what no server here runs is itself. */
function architectureOf(platform: string): string {
  const [, system, processor] = /^(?:(linux)\/)?(amd64|x86_64|arm64|aarch64)(?:\/v8)?$/.exec(platform) ?? [];
  if (processor === undefined || (system === undefined && platform.includes("/"))) {
    return platform;
  }
  return processor === "amd64" || processor === "x86_64" ? "amd64" : "arm64";
}

function otherServer(platform: string): string {
  const wanted = architectureOf(platform);
  return wanted === platform ? "name one that a server has" : `choose an ${wanted} server type`;
}
