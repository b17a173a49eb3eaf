import { parseImageName, serviceFor } from "../../rehearsal/service-images";

describe("parseImageName", () => {
  it.each([
    ["postgres", "registry-1.docker.io", "library/postgres", "latest"],
    ["postgres:16-alpine", "registry-1.docker.io", "library/postgres", "16-alpine"],
    ["docker.io/library/redis:7", "registry-1.docker.io", "library/redis", "7"],
    ["minio/minio", "registry-1.docker.io", "minio/minio", "latest"],
    ["ghcr.io/abhi10/chitram:1.0", "ghcr.io", "abhi10/chitram", "1.0"],
    ["registry.example:5000/team/app:2", "registry.example:5000", "team/app", "2"],
    [`redis:7@sha256:${"0".repeat(64)}`, "registry-1.docker.io", "library/redis", "7"],
  ])("reads %s as a Docker engine does", (name, registry, repository, tag) => {
    expect(parseImageName(name)).toEqual({ registry, repository, tag });
  });
});

describe("serviceFor", () => {
  it.each([
    ["postgres:16-alpine", "postgres"],
    ["postgres:15.4-alpine3.19", "postgres"],
    ["docker.io/redis:7.2.4-bookworm", "redis"],
    ["python:3.12-slim", "python"],
    ["minio/minio:RELEASE.2024-01-01T00-00-00Z", "minio"],
    ["caddy:2", "caddy"],
    ["nginx", "nginx"],
  ])("has an image that stands in for %s", (name, service) => {
    expect(serviceFor(name)).toBe(service);
  });

  it.each(["postgres:9-alpine", "mongo:7", "ghcr.io/library/postgres:16", "team/postgres:16", "caddy:1", "python:2.7"])(
    "has none for %s",
    (name) => {
      expect(serviceFor(name)).toBeUndefined();
    },
  );
});
