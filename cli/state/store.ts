import { InputFault } from "../fault";
import { isObject } from "../json-file";
import { at, type SynthesizedStack } from "../synthesized-stack";
import { encoded, type S3Key, signedHeaders } from "./signature";

export interface StoreAnswer {
  readonly status: number;
  /** `BucketAlreadyExists`; null where the store gives none. */
  readonly code: string | null;
  readonly text: string;
}

export interface StoreRequest {
  /** In the bucket. @default - the bucket itself */
  readonly object?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default - true; false asks as anybody would */
  readonly signed?: boolean;
}

/** The bucket in which a stack keeps its state, as its store's S3 interface shows it. */
export class StateStore {
  private constructor(
    /** `https://fra1.digitaloceanspaces.com` */
    readonly endpoint: string,
    readonly region: string,
    readonly bucket: string,
    /** The state's name in it: `chitram-beta.tfstate`. */
    readonly object: string,
    /** Whether Terraform was told to lock it. */
    readonly locking: boolean,
    private readonly key: S3Key,
  ) {}

  /** As the stack's backend names it, with the key that Terraform will use. */
  static of(stack: SynthesizedStack): StateStore {
    const backend = at(stack.json, "terraform", "backend", "s3");
    if (!isObject(backend)) {
      const remedy =
        'give it `state: RemoteState.spaces({ bucket: "our-state", region: "fra1" })`, or Hetzner\'s or another';
      throw new InputFault(stack.name, "keeps its state in no bucket", remedy);
    }
    const region = String(backend.region ?? "us-east-1");
    const own = at(backend, "endpoints", "s3") ?? `https://s3.${region}.amazonaws.com`;
    // as Amazon's own tools name another way to the same store
    const endpoint = process.env.AWS_ENDPOINT_URL_S3 || String(own);
    const { bucket, key } = backend;
    return new StateStore(
      endpoint,
      region,
      String(bucket),
      String(key),
      backend.use_lockfile === true,
      keyOfEnvironment(),
    );
  }

  async ask(method: string, request: StoreRequest = {}): Promise<StoreAnswer> {
    const { object, query = {}, headers = {}, body = "", signed = true } = request;
    const path = [this.bucket, ...(object?.split("/") ?? [])].map(encoded).join("/");
    const url = new URL(`${this.endpoint.replace(/\/+$/, "")}/${path}`);
    url.search = Object.entries(query)
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .join("&");
    const unsigned = { method, url, headers, body };
    const complete = signed ? signedHeaders(unsigned, this.region, this.key, new Date()) : headers;
    const content = method === "PUT" ? { body } : {};
    // a signature holds for one address
    const manner = { redirect: "manual", signal: AbortSignal.timeout(30_000) } as const;
    let response: Response;
    try {
      response = await fetch(url, { method, headers: complete, ...content, ...manner });
    } catch (error) {
      const reason = (error as { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new InputFault(this.endpoint, `does not answer (${reason})`, "try again");
    }
    const text = await response.text();
    return { status: response.status, code: /<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? null, text };
  }

  /** What it answers when it does what it is asked. Throws where it does not. */
  async must(method: string, request: StoreRequest = {}): Promise<StoreAnswer> {
    const answer = await this.ask(method, request);
    if (answer.status < 300) return answer;
    throw this.refused(answer, "try again, or look at the bucket in the company's console");
  }

  refused({ status, code }: StoreAnswer, remedy: string): InputFault {
    const answer = code === null ? `${status}` : `${status} ${code}`;
    if (code === "InvalidAccessKeyId" || code === "SignatureDoesNotMatch") {
      const right = "export a key of this store, whole, with its own secret";
      return new InputFault("AWS_ACCESS_KEY_ID", `is refused by ${this.endpoint}: ${answer}`, right);
    }
    return new InputFault(`${this.endpoint}/${this.bucket}`, `answers ${answer}`, remedy);
  }
}

function keyOfEnvironment(): S3Key {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  for (const [name, value] of Object.entries({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })) {
    if (!value) throw new InputFault(name, "is not set", "export it: with this key the bucket is made");
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID as string,
    secretAccessKey: AWS_SECRET_ACCESS_KEY as string,
    sessionToken: AWS_SESSION_TOKEN || null,
  };
}
