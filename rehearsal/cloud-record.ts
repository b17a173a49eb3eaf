import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Images } from "./images";
import type { RehearsalNetwork } from "./network";
import type { ObjectKey } from "./object-store";

/** What a running embedded cloud leaves on disk, so that other processes find it. */
export interface CloudRecord {
  readonly images: Images;
  /** The Terraform command, and the folder with its providers. */
  readonly terraform: string;
  readonly mirror: string;
  /** `host:port` of the registry on loopback. */
  readonly registry: string;
  /** Address of the object store on loopback. */
  readonly s3Endpoint: string;
  readonly spacesCredentials: ObjectKey;
  readonly serverSpacesKey: ObjectKey;
  readonly privateImages: { readonly username: string; readonly password: string };
}

const fileOf = (network: RehearsalNetwork) => join(network.stateFolder, "cloud.json");

export const CloudRecord = {
  read(network: RehearsalNetwork): CloudRecord {
    const file = fileOf(network);
    if (!existsSync(file)) throw new Error(`no embedded cloud runs on the network ${network.name}; start a rehearsal`);
    return JSON.parse(readFileSync(file, "utf8")) as CloudRecord;
  },

  write(network: RehearsalNetwork, record: CloudRecord): void {
    mkdirSync(network.stateFolder, { recursive: true });
    writeFileSync(fileOf(network), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  },
};
