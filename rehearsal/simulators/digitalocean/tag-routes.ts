import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, text, unprocessable } from "./answers";
import type { CloudAccount } from "./cloud-account";
import { refuseBadTag } from "./droplets";

/** Tags, and what carries them. Their letters' case is kept and not told apart. */
export function routeTags(api: Api, account: CloudAccount): void {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const tag404 = (name: string): string => found(account.value.tags.find((tag) => same(tag, name)));
  const carriers = (): { tags: string[] }[] => [
    ...Object.values(account.value.droplets),
    ...Object.values(account.value.firewalls),
    ...Object.values(account.value.volumes),
  ];
  const describe = (name: string): Record<string, unknown> => {
    const tagged = (all: { tags: string[] }[]): number =>
      all.filter((item) => item.tags.some((tag) => same(tag, name))).length;
    const droplets = tagged(Object.values(account.value.droplets));
    const volumes = tagged(Object.values(account.value.volumes));
    return {
      name,
      resources: {
        count: droplets + volumes,
        droplets: { count: droplets },
        images: { count: 0 },
        volumes: { count: volumes },
        volume_snapshots: { count: 0 },
        databases: { count: 0 },
      },
    };
  };

  api.get("/v2/tags", (context) => page(context, "tags", account.value.tags.map(describe)));
  api.post("/v2/tags", async (context) => {
    const name = text((await bodyOf(context)).name);
    refuseBadTag(name);
    // a tag that exists is answered as if it were new
    account.addTags([name]);
    return Response.json({ tag: describe(tag404(name)) }, { status: 201 });
  });
  api.get("/v2/tags/:name", (context) => Response.json({ tag: describe(tag404(context.req.param("name"))) }));
  api.delete("/v2/tags/:name", (context) => {
    const name = tag404(context.req.param("name"));
    account.value.tags = account.value.tags.filter((tag) => tag !== name);
    for (const carrier of carriers()) carrier.tags = carrier.tags.filter((tag) => !same(tag, name));
    return nothing();
  });

  const change = async (name: string, body: Record<string, unknown>, carries: boolean): Promise<Response> => {
    const tag = tag404(name);
    if (!Array.isArray(body.resources)) throw unprocessable("resources must be an array");
    for (const resource of body.resources as { resource_id: string; resource_type: string }[]) {
      const kind = { droplet: "droplets", volume: "volumes" } as const;
      const place = kind[resource.resource_type as keyof typeof kind];
      if (place === undefined) throw new Refusal(501, `the rehearsal does not tag a ${resource.resource_type}`);
      const item: { tags: string[] } = found(account.value[place][resource.resource_id]);
      const others = item.tags.filter((other) => !same(other, tag));
      item.tags = carries ? [...others, tag] : others;
    }
    return nothing();
  };
  api.post("/v2/tags/:name/resources", async (context) =>
    change(context.req.param("name"), await bodyOf(context), true),
  );
  api.delete("/v2/tags/:name/resources", async (context) =>
    change(context.req.param("name"), await bodyOf(context), false),
  );
}
