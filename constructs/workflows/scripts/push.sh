#!/usr/bin/env bash
# Pushes what was built, and says what to release. IMAGES: "SERVICE,SERVICE=REPOSITORY" a line; NUMBER: its version, or nothing.
set -euo pipefail
words=()
while IFS='=' read -r services image; do
  tags=("sha-${GITHUB_SHA:0:12}" latest)
  # A version that is out stays what it is.
  if [ -n "$NUMBER" ] && ! docker manifest inspect "$image:$NUMBER" >/dev/null 2>&1; then
    tags+=("$NUMBER")
  fi
  for tag in "${tags[@]}"; do
    docker tag "$image:candidate" "$image:$tag"
    docker push --quiet "$image:$tag"
  done
  reference=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image:candidate" |
    grep --fixed-strings "$image@" | head -n 1)
  for service in ${services//,/ }; do
    words+=("$service=$reference")
  done
done <<<"$IMAGES"
echo "release=${words[*]}" >>"$GITHUB_OUTPUT"
