import type { Visitor } from "../../rehearsal/visitor";
import { photo, upload } from "../../stacks/chitram-beta/rehearsal";
import { expectDataset, storeDataset } from "../../stacks/deita-prod/rehearsal";

/** What the suite asks of an application, whatever it is. */
export interface Application {
  /** Services that go on running. */
  readonly services: readonly string[];
  /** The service that talks to the world, and has curl. */
  readonly front: string;
  /** Where it says that it is well. */
  readonly health: string;
  /** Ports on which its services listen behind Caddy. */
  readonly ports: readonly number[];
  /** What a complete backup holds. */
  readonly backup: readonly string[];
  /** Gives the application something to keep; the answer looks whether it is still there. */
  keep(visitor: Visitor): Promise<() => Promise<void>>;
}

export const chitram: Application = {
  services: ["app", "postgres", "minio", "redis"],
  front: "app",
  health: "/health",
  ports: [5432, 6379, 8000, 9000, 9001],
  backup: ["globals/postgres", "postgres/postgres/chitram", "volume/chitram-minio-data"],
  async keep(visitor) {
    const id = await upload(visitor, photo);
    return async () => expect((await visitor.visit(`/api/v1/images/${id}/file`)).body).toEqual(photo);
  },
};

export const deita: Application = {
  services: ["backend", "frontend", "postgres"],
  front: "backend",
  health: "/v1/health",
  ports: [3000, 5432, 8000],
  backup: ["globals/postgres", "postgres/postgres/deita", "volume/deita-prod_duckdb_data"],
  async keep(visitor) {
    const dataset = await storeDataset(visitor);
    return () => expectDataset(visitor, dataset);
  },
};
