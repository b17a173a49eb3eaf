import { randomBytes } from "node:crypto";
import { type CommandResult, command } from "./command";

/** What opens buckets, and proves who asks. */
export interface ObjectKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * What a key may do with a bucket, in DigitalOcean's words. `readwrite` reads, writes and deletes objects and their versions;
 * a bucket's settings are `fullaccess`.
 */
export type Permission = "none" | "read" | "readwrite" | "fullaccess";

const ACTIONS: Readonly<Record<Permission, readonly string[]>> = {
  none: [],
  read: ["s3:GetObject*", "s3:ListBucket*", "s3:GetBucketLocation"],
  readwrite: [
    ...["s3:GetObject*", "s3:ListBucket*", "s3:GetBucketLocation", "s3:PutObject*", "s3:DeleteObject*"],
    ...["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  ],
  fullaccess: ["s3:*"],
};

/** The MinIO behind the clouds' object storage, as their consoles show it to a customer: buckets, and keys to them. */
export class ObjectStore {
  /** @param owner the key that opens everything */
  public constructor(
    private readonly container: string,
    private readonly owner: ObjectKey,
  ) {}

  public async makeBucket(bucket: string): Promise<void> {
    await this.client(["mb", `store/${bucket}`]);
  }

  /** A bucket of somebody's own, and a key that opens it and no other, as a company's console makes them. */
  public async makeBucketWithKey(bucket: string): Promise<ObjectKey> {
    await this.makeBucket(bucket);
    return this.makeKey(bucket, bucket, "fullaccess");
  }

  /**
   * A key for one bucket. One that is there gets another secret.
   * @param bucket `*` for all of them
   */
  public async makeKey(accessKeyId: string, bucket: string, permission: Permission): Promise<ObjectKey> {
    const key = { accessKeyId, secretAccessKey: randomBytes(20).toString("hex") };
    await this.client(["admin", "user", "add", "store"], `${key.accessKeyId}\n${key.secretAccessKey}\n`);
    await this.grant(accessKeyId, bucket, permission);
    return key;
  }

  /** From now on a key may do this, and nothing else. */
  public async grant(accessKeyId: string, bucket: string, permission: Permission): Promise<void> {
    const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const [Effect, Action] = permission === "none" ? ["Deny", ["s3:*"]] : ["Allow", ACTIONS[permission]];
    const policy = { Version: "2012-10-17", Statement: [{ Effect, Action, Resource }] };
    await this.client(["admin", "policy", "create", "store", accessKeyId, "/dev/stdin"], JSON.stringify(policy));
    // the second time it is attached already
    await this.client(["admin", "policy", "attach", "store", accessKeyId, "--user", accessKeyId], "", [0, 1]);
  }

  public async removeKey(accessKeyId: string): Promise<void> {
    await this.client(["admin", "user", "rm", "store", accessKeyId]);
  }

  /** A bucket's quota: one of a byte refuses every object at once. How much all take, MinIO counts by and by. */
  public async limit(bucket: string, bytes: number | null): Promise<void> {
    if (bytes === null) await this.client(["quota", "clear", `store/${bucket}`]);
    else await this.client(["quota", "set", `store/${bucket}`, "--size", `${bytes}B`]);
  }

  /** Changes an object as a failing disk would: by a shell line that finds it as `$object`, a file, and changes it. */
  public async change(path: string, line: string): Promise<void> {
    const change = `set -eu; object=$(mktemp); trap 'rm "$object"' EXIT
mc -q cp "store/$1" "$object" >/dev/null; ${line}; mc -q cp "$object" "store/$1" >/dev/null`;
    await this.inside(["sh", "-c", change, "sh", path]);
  }

  /** Objects below a path that are larger than this: `BUCKET/KEY`. */
  public async find(path: string, larger: string): Promise<string[]> {
    const { stdout } = await this.client(["find", `store/${path}`, "--larger", larger]);
    return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.replace(/^store\//, "")]));
  }

  private client(argv: readonly string[], input = "", accept: readonly number[] = [0]): Promise<CommandResult> {
    return this.inside(["mc", "--quiet", ...argv], input, accept);
  }

  private inside(argv: readonly string[], input = "", accept: readonly number[] = [0]): Promise<CommandResult> {
    const { accessKeyId, secretAccessKey } = this.owner;
    // by name alone: values would be seen in the process list
    const env = { ...process.env, MC_HOST_store: `http://${accessKeyId}:${secretAccessKey}@127.0.0.1:9000` };
    const docker = ["docker", "exec", "--interactive", "--env", "MC_HOST_store", this.container];
    return command([...docker, ...argv], { env, input, accept });
  }
}
