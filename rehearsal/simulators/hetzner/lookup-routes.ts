import type { Api } from "../simulated-api";
import { found } from "./answers";
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

  api.get("/v1/datacenters", (context) => page(context, "datacenters", named(DATACENTERS, context.req.query("name"))));
  api.get("/v1/datacenters/:id", (context) => {
    const id = context.req.param("id");
    const datacenter = DATACENTERS.find((candidate) => String(candidate.id) === id);
    return Response.json({ datacenter: found(datacenter, "datacenter", id) });
  });

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

/** One a location. They are on their way out of the API; clients name locations. */
const DATACENTERS = LOCATIONS.map((location) => ({
  id: location.id + 1,
  name: `${location.name}-dc${location.id + 1}`,
  description: `${location.city} 1 virtual DC ${location.id + 1}`,
  location,
}));
