import { createHash } from "node:crypto";
import type { Check, RehearsalDefinition } from "../../rehearsal/definition";
import { formWithFile } from "../../rehearsal/form-file";
import type { Visitor } from "../../rehearsal/visitor";

/** A one-pixel PNG: the smallest photo there is. */
export const photo = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const healthy: Check = {
  name: "the application is healthy, its database, storage and cache too",
  async run(visitor) {
    const health = await visitor.json("/health");
    if (health.status !== "healthy") throw new Error(`/health says ${JSON.stringify(health)}`);
    const { headers } = await visitor.visit("/health");
    if (!headers["strict-transport-security"]) throw new Error("no Strict-Transport-Security header");
    return `version ${headers["x-app-version"]}, ${JSON.stringify(health)}`;
  },
};

const uploads: Check = {
  name: "an upload reaches PostgreSQL and MinIO, and comes back",
  async run(visitor) {
    const id = await upload(visitor, photo);
    const file = await visitor.visit(`/api/v1/images/${id}/file`);
    if (!file.body.equals(photo))
      throw new Error(`the photo came back changed: ${file.status}, ${file.body.length} bytes`);
    const rows = await visitor.onServer(
      `sudo docker exec "$(sudo docker ps -qf label=com.docker.compose.service=postgres)" psql -U chitram -d chitram -Atc "select count(*) from images where id = '${id}'"`,
    );
    if (rows.trim() !== "1") throw new Error(`PostgreSQL holds ${rows.trim()} rows of image ${id}`);
    const objects = await visitor.onServer(
      `sudo docker exec "$(sudo docker ps -qf label=com.docker.compose.service=minio)" find /data/images -name '*${id}*'`,
    );
    if (!objects.includes(id)) throw new Error(`MinIO holds no object of image ${id}`);
    return `image ${id}, sha256 ${createHash("sha256").update(photo).digest("hex").slice(0, 12)}`;
  },
};

/** Uploads a photo as a browser's form would; its id. */
export async function upload(visitor: Visitor, content: Buffer): Promise<string> {
  const form = formWithFile({ filename: "photo.png", contentType: "image/png", content });
  const { id } = await visitor.json("/api/v1/images", { method: "POST", ...form, expect: 201 });
  return String(id);
}

export const rehearsal: RehearsalDefinition = {
  images: { "ghcr.io/abhi10/chitram:1.0": "examples/photos" },
  checks: [healthy, uploads],
};
