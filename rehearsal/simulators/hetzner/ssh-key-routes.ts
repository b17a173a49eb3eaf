import type { Api } from "../simulated-api";
import { sshFingerprint } from "../ssh-fingerprint";
import { bodyOf, created, found, invalidInput, nothing, notUnique, text } from "./answers";
import type { CloudProject } from "./cloud-project";
import { readLabels } from "./labels";
import { filtered, readName } from "./listing";
import { page } from "./pages";
import { type Key, now } from "./state";

/** SSH keys: no key twice, and no name. */
export function routeKeys(api: Api, project: CloudProject): void {
  const { ssh_keys: keys } = project.value;
  const key404 = (id: string): Key => found(keys[id], "SSH key", id);

  api.get("/v1/ssh_keys", (context) => {
    const fingerprint = context.req.query("fingerprint");
    const wanted = filtered(context, Object.values(keys));
    return page(
      context,
      "ssh_keys",
      wanted.filter((key) => fingerprint === undefined || key.fingerprint === fingerprint),
    );
  });
  api.post("/v1/ssh_keys", async (context) => {
    const body = await bodyOf(context);
    const name = readName(body, "SSH key", keys);
    const fingerprint = sshFingerprint(text(body.public_key));
    if (fingerprint === null) throw invalidInput("public_key", "is not a valid SSH public key");
    if (Object.values(keys).some((key) => key.fingerprint === fingerprint)) {
      throw notUnique("public_key", "SSH key with the same fingerprint already exists");
    }
    const key: Key = {
      id: project.nextId(),
      name,
      labels: readLabels(body),
      created: now(),
      fingerprint,
      public_key: text(body.public_key),
    };
    keys[key.id] = key;
    return created({ ssh_key: key });
  });
  api.get("/v1/ssh_keys/:id", (context) => Response.json({ ssh_key: key404(context.req.param("id")) }));
  api.put("/v1/ssh_keys/:id", async (context) => {
    const key = key404(context.req.param("id"));
    const body = await bodyOf(context);
    if (body.name !== undefined) key.name = readName(body, "SSH key", keys, { own: key.id });
    key.labels = readLabels(body, key.labels);
    return Response.json({ ssh_key: key });
  });
  api.delete("/v1/ssh_keys/:id", (context) => {
    delete keys[key404(context.req.param("id")).id];
    return nothing();
  });
}
