import type { Binaries } from "./components";

interface ServiceImage {
  /** The repository at Docker Hub that it stands in for. */
  readonly repository: string;
  /** Names that the registry holds from the start; the first is the one it was built as. */
  readonly tags: readonly string[];
  /** Every tag that it may stand in for. */
  readonly family: RegExp;
  /** Components inside. @default - Debian's packages alone */
  readonly binaries?: readonly (keyof Binaries)[];
}

const variant = "(-(alpine|slim|bookworm|trixie)[\\w.]*)*";
const family = (versions: string) => new RegExp(`^(${versions}|latest|alpine|slim)${variant}$`);

/** The images that compose files of small teams ask for, by their folder in images/. */
export const serviceImages: Readonly<Record<string, ServiceImage>> = {
  postgres: {
    repository: "library/postgres",
    tags: ["16-alpine", "15-alpine", "17-alpine", "14-alpine", "16", "15", "17", "latest", "alpine"],
    family: family("1[3-7](\\.\\d+)?"),
  },
  redis: {
    repository: "library/redis",
    tags: ["7-alpine", "7", "6-alpine", "8-alpine", "alpine", "latest"],
    family: family("[678](\\.\\d+)*"),
  },
  python: {
    repository: "library/python",
    tags: ["3.12-slim", "3.11-slim", "3.13-slim"],
    family: family("3(\\.(9|1[0-3])(\\.\\d+)?)?"),
  },
  nginx: {
    repository: "library/nginx",
    tags: ["alpine", "latest", "stable-alpine", "1-alpine"],
    family: family("(stable|mainline|1(\\.\\d+)*)"),
  },
  minio: {
    repository: "minio/minio",
    tags: ["latest"],
    family: /^(latest|RELEASE\..+)$/,
    binaries: ["minio", "mc"],
  },
  mc: { repository: "minio/mc", tags: ["latest"], family: /^(latest|RELEASE\..+)$/, binaries: ["mc"] },
  caddy: {
    repository: "library/caddy",
    tags: ["2.10.2-alpine", "2-alpine", "2", "2.10.2", "alpine", "latest"],
    family: family("2(\\.(10(\\.2)?))?"),
    binaries: ["caddy"],
  },
};

/** An image's name in full. */
export interface ImageName {
  /** The host that a Docker engine asks for it. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** Reads a name as a Docker engine does: `postgres:16` is `registry-1.docker.io/library/postgres:16`. */
export function parseImageName(name: string): ImageName {
  const [, path = "", tag = "latest"] = name.match(/^([^@]*?)(?::([\w][\w.-]*))?(?:@.*)?$/) ?? [];
  const [first = "", ...rest] = path.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const registry = hasHost && !/^(index\.)?docker\.io$/.test(first) ? first : "registry-1.docker.io";
  const repository = hasHost ? rest.join("/") : path;
  const official = registry === "registry-1.docker.io" && !repository.includes("/");
  return { registry, repository: official ? `library/${repository}` : repository, tag };
}

/** The folder in images/ of the image that stands in for a name. */
export function serviceFor(name: string): string | undefined {
  const { registry, repository, tag } = parseImageName(name);
  if (registry !== "registry-1.docker.io") return undefined;
  const entries = Object.entries(serviceImages);
  return entries.find(([, image]) => image.repository === repository && image.family.test(tag))?.[0];
}
