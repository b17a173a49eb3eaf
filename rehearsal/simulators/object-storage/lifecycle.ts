import type { ClientRequest } from "node:http";
import { text } from "node:stream/consumers";
import type { Buckets } from "./buckets";
import type { Exchange, WholeAnswer } from "./exchange";

/**
 * A bucket's lifecycle. The clouds keep the whole document; MinIO drops its part about unfinished uploads, and a
 * plan after the apply would not be empty. So MinIO judges the request, and the document comes back as it was put.
 */
export async function answerLifecycle(
  buckets: Buckets,
  exchange: Exchange,
  upstream: ClientRequest,
  name: string,
): Promise<void> {
  const sent = await text(exchange.incoming);
  const answer = await exchange.ask(upstream, sent);
  const bucket = buckets.find(name);
  const { method } = exchange.incoming;
  if (method === "PUT" && bucket !== undefined && (answer.status === 200 || concernsUploadsOnly(answer, sent))) {
    bucket.lifecycle = sent;
    buckets.save();
    exchange.send(200, "");
  } else if (method === "GET" && bucket?.lifecycle && (answer.status === 200 || isWithout(answer))) {
    exchange.send(200, bucket.lifecycle);
  } else {
    if (method === "DELETE" && answer.status === 204 && bucket !== undefined) {
      bucket.lifecycle = null;
      buckets.save();
    }
    exchange.outgoing.writeHead(answer.status, answer.headers);
    exchange.outgoing.end(answer.body);
  }
}

// MinIO checks the signature first, so this refusal comes only to those who may ask. It finds a rule about
// unfinished uploads empty.
function concernsUploadsOnly({ status, body }: WholeAnswer, sent: string): boolean {
  const rules = sent.match(/<Rule>.*?<\/Rule>/gs) ?? [];
  const uploads = rules.length > 0 && rules.every((rule) => /<AbortIncompleteMultipartUpload>/.test(rule));
  return status === 400 && /<Code>(InvalidArgument|MalformedXML)<\/Code>/.test(body) && uploads;
}

const isWithout = ({ status, body }: WholeAnswer): boolean =>
  status === 404 && body.includes("<Code>NoSuchLifecycleConfiguration</Code>");
