import type { Api } from "../simulated-api";
import { found, removed } from "./answers";
import { describeImage, findImages, findLocation, IMAGES, LOCATIONS } from "./catalog";
import { page } from "./pages";
import { describeServerType, findServerType, SERVER_TYPES } from "./server-types";

/** What a project may choose from. */
export function routeLookups(api: Api): void {
  const named = <T extends { readonly name: string }>(all: readonly T[], name: string | undefined): readonly T[] =>
    name === undefined ? all : all.filter((item) => item.name === name);

  api.get("/v1/locations", (context) => page(context, "locations", named(LOCATIONS, context.req.query("name"))));
  api.get("/v1/locations/:id", (context) => {
    const id = context.req.param("id");
    return Response.json({ location: found(findLocation(id), "location", id) });
  });

  const gone = (): never => {
    throw removed("2026-06-02-datacenters-deprecated");
  };
  api.get("/v1/datacenters", gone);
  api.get("/v1/datacenters/:id", gone);

  api.get("/v1/server_types", (context) => {
    const types = named(SERVER_TYPES, context.req.query("name"));
    return page(context, "server_types", types.map(describeServerType));
  });
  api.get("/v1/server_types/:id", (context) => {
    const id = context.req.param("id");
    return Response.json({ server_type: describeServerType(found(findServerType(id), "server type", id)) });
  });

  api.get("/v1/images", (context) => {
    const { architecture, name, include_deprecated } = context.req.query();
    const types = context.req.queries("type") ?? ["system"];
    const images = named(IMAGES, name).filter(
      (image) =>
        types.includes("system") &&
        (architecture === undefined || image.architecture === architecture) &&
        (image.deprecated === null || include_deprecated === "true"),
    );
    return page(context, "images", images.map(describeImage));
  });
  api.get("/v1/images/:id", (context) => {
    const id = context.req.param("id");
    const [image] = findImages(/^\d+$/.test(id) ? id : "");
    return Response.json({ image: describeImage(found(image, "image", id)) });
  });
}
