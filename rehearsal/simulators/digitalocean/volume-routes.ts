import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, unprocessable } from "./answers";
import type { CloudAccount } from "./cloud-account";
import type { Volume } from "./state";
import { performVolumeAction } from "./volume-actions";
import { describeVolume, readVolume } from "./volumes";

/** Block storage: disks that outlive droplets, one droplet at a time, in its own region. */
export function routeVolumes(api: Api, account: CloudAccount): void {
  const volume404 = (id: string): Volume => found(account.value.volumes[id]);
  const named = (name: string | undefined, region: string | undefined): Volume[] =>
    Object.values(account.value.volumes).filter(
      (volume) => (name === undefined || volume.name === name) && (region === undefined || volume.region === region),
    );

  api.get("/v2/volumes", (context) => {
    const { name, region } = context.req.query();
    return page(context, "volumes", named(name, region).map(describeVolume));
  });
  api.post("/v2/volumes", async (context) => {
    const volume = readVolume(account, await bodyOf(context));
    account.value.volumes[volume.id] = volume;
    account.addTags(volume.tags);
    account.adopt(`do:volume:${volume.id}`);
    return Response.json({ volume: describeVolume(volume) }, { status: 201 });
  });
  api.delete("/v2/volumes", async (context) => {
    const { name, region } = context.req.query();
    if (name === undefined || region === undefined) throw unprocessable("name and region are required");
    await remove(account, found(named(name, region)[0]));
    return nothing();
  });
  api.get("/v2/volumes/:id", (context) =>
    Response.json({ volume: describeVolume(volume404(context.req.param("id"))) }),
  );
  api.delete("/v2/volumes/:id", async (context) => {
    await remove(account, volume404(context.req.param("id")));
    return nothing();
  });

  api.post("/v2/volumes/:id/actions", async (context) => {
    const volume = volume404(context.req.param("id"));
    return Response.json({ action: performVolumeAction(account, volume, await bodyOf(context)) }, { status: 202 });
  });
  api.get("/v2/volumes/:id/actions", (context) => {
    const { actions } = volume404(context.req.param("id"));
    return page(
      context,
      "actions",
      [...actions].reverse().map((id) => account.value.actions[id]),
    );
  });
  api.get("/v2/volumes/:id/actions/:action", (context) => {
    const { actions } = volume404(context.req.param("id"));
    const id = found(actions.find((action) => String(action) === context.req.param("action")));
    return Response.json({ action: account.value.actions[id] });
  });
}

async function remove(account: CloudAccount, { id, droplet_id }: Volume): Promise<void> {
  if (droplet_id !== null) {
    throw new Refusal(
      409,
      "A volume that's attached to a Droplet cannot be deleted. Please detach it first before deleting.",
    );
  }
  await account.machines.destroyVolume(id);
  delete account.value.volumes[id];
  account.forget(`do:volume:${id}`);
}
