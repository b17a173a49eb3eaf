import type { CloudAccount } from "../digitalocean/cloud-account";
import type { JsonStore } from "../json-store";

/** What a company keeps of a bucket and MinIO does not. */
export interface Bucket {
  readonly region: string;
  /** The lifecycle document as it was put. */
  lifecycle: string | null;
}

/** The buckets that one company knows. */
export interface Buckets {
  find(name: string): Bucket | undefined;
  add(name: string, region: string): void;
  remove(name: string): void;
  /** Writes changes down. */
  save(): void;
}

/** DigitalOcean's belong to its account, and to one of its projects. */
export class SpacesBuckets implements Buckets {
  public constructor(private readonly account: CloudAccount) {}

  public find(name: string): Bucket | undefined {
    return this.account.value.buckets[name];
  }

  public add(name: string, region: string): void {
    this.account.value.buckets[name] = { region, lifecycle: null };
    this.account.adopt(`do:space:${name}`);
    this.save();
  }

  public remove(name: string): void {
    delete this.account.value.buckets[name];
    this.account.forget(`do:space:${name}`);
    this.save();
  }

  public save(): void {
    this.account.settle();
  }
}

/** Hetzner's API knows nothing of buckets: they are apart from its projects' other things. */
export class HetznerBuckets implements Buckets {
  public constructor(private readonly store: JsonStore<Record<string, Bucket>>) {}

  public get value(): Readonly<Record<string, Bucket>> {
    return this.store.value;
  }

  public find(name: string): Bucket | undefined {
    return this.store.value[name];
  }

  public add(name: string, region: string): void {
    this.store.value[name] = { region, lifecycle: null };
    this.save();
  }

  public remove(name: string): void {
    delete this.store.value[name];
    this.save();
  }

  public save(): void {
    this.store.save();
  }
}
