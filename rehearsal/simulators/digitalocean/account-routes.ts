import type { Api } from "../simulated-api";
import { sshFingerprint } from "../ssh-fingerprint";
import { bodyOf, found, nothing, page, text, unprocessable } from "./answers";
import { IMAGES, REGIONS, SIZES } from "./catalog";
import type { CloudAccount } from "./cloud-account";
import type { Key } from "./state";
import { VOLUME_LIMIT } from "./volumes";

export const DROPLET_LIMIT = 25;

/** The account itself, and what it may choose from. */
export function routeAccount(api: Api, account: CloudAccount): void {
  api.get("/v2/account", () =>
    Response.json({
      account: {
        droplet_limit: DROPLET_LIMIT,
        floating_ip_limit: 5,
        reserved_ip_limit: 5,
        volume_limit: VOLUME_LIMIT,
        email: "rehearsal@example.com",
        name: "Rehearsal",
        uuid: account.value.uuid,
        email_verified: true,
        status: "active",
        status_message: "",
        team: { uuid: account.value.uuid, name: "Rehearsal" },
      },
    }),
  );
  api.get("/v2/sizes", (context) => page(context, "sizes", SIZES));
  api.get("/v2/regions", (context) => page(context, "regions", REGIONS));
  api.get("/v2/images", (context) => {
    const listed = context.req.query("private") === "true" || context.req.query("type") === "application" ? [] : IMAGES;
    return page(context, "images", listed);
  });
  api.get("/v2/images/:id", (context) => {
    const wanted = context.req.param("id");
    return Response.json({
      image: found(IMAGES.find((image) => image.slug === wanted || String(image.id) === wanted)),
    });
  });
}

/** SSH keys: found by number or by fingerprint, no key twice. */
export function routeKeys(api: Api, account: CloudAccount): void {
  const find = (idOrFingerprint: string): Key =>
    found(
      Object.values(account.value.keys).find(
        (key) => String(key.id) === idOrFingerprint || key.fingerprint === idOrFingerprint,
      ),
    );
  api.get("/v2/account/keys", (context) => page(context, "ssh_keys", Object.values(account.value.keys)));
  api.post("/v2/account/keys", async (context) => {
    const body = await bodyOf(context);
    const name = text(body.name);
    if (name === "") throw unprocessable("Name can't be blank");
    const fingerprint = sshFingerprint(text(body.public_key));
    if (fingerprint === null) throw unprocessable("Key invalid, key should be of the format `ssh-rsa AAAA...`");
    if (Object.values(account.value.keys).some((key) => key.fingerprint === fingerprint)) {
      throw unprocessable("SSH Key is already in use on your account");
    }
    const key = { id: account.nextId(), name, fingerprint, public_key: text(body.public_key) };
    account.value.keys[key.id] = key;
    return Response.json({ ssh_key: key }, { status: 201 });
  });
  api.get("/v2/account/keys/:id", (context) => Response.json({ ssh_key: find(context.req.param("id")) }));
  api.put("/v2/account/keys/:id", async (context) => {
    const key = find(context.req.param("id"));
    const body = await bodyOf(context);
    if (text(body.name) === "") throw unprocessable("Name can't be blank");
    key.name = text(body.name);
    return Response.json({ ssh_key: key });
  });
  api.delete("/v2/account/keys/:id", (context) => {
    delete account.value.keys[find(context.req.param("id")).id];
    return nothing();
  });
}
