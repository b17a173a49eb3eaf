#!/usr/bin/env bash
# Builds one image as IMAGE:candidate. CONTEXT, DOCKERFILE, TARGET; BUILD_ARGUMENTS: a NAME=VALUE a line. CACHE: an image
# whose layers are taken, or nothing.
set -euo pipefail
options=(
  --build-arg "VERSION=$VERSION" --build-arg "REVISION=$GITHUB_SHA"
  --label "org.opencontainers.image.version=$VERSION"
  --label "org.opencontainers.image.revision=$GITHUB_SHA"
  --label "org.opencontainers.image.source=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
)
while IFS= read -r argument; do
  [ -z "$argument" ] || options+=(--build-arg "$argument")
done <<<"$BUILD_ARGUMENTS"
[ -z "$DOCKERFILE" ] || options+=(--file "$DOCKERFILE")
[ -z "$TARGET" ] || options+=(--target "$TARGET")
# The image's own layers are the cache of the next build.
[ -z "$CACHE" ] || options+=(--cache-from "$CACHE" --build-arg BUILDKIT_INLINE_CACHE=1)
# What is pushed is an image, not an index with papers beside it.
export DOCKER_BUILDKIT=1 BUILDX_NO_DEFAULT_ATTESTATIONS=1
docker build --progress plain --tag "$IMAGE:candidate" "${options[@]}" "$CONTEXT"
