#!/usr/bin/env bash
# Pushes what was built, and says what to release. IMAGES: "SERVICE,SERVICE=REPOSITORY" a line; NUMBER: its version, or nothing.
set -euo pipefail
publish() {
  docker tag "$1:candidate" "$1:$2"
  docker push --quiet "$1:$2"
}

words=()
while IFS='=' read -r services image; do
  publish "$image" "sha-${GITHUB_SHA:0:12}"
  publish "$image" latest
  # A version that is out stays what it is, also while the registry does not answer.
  if [ -n "$NUMBER" ] && ! said=$(docker manifest inspect "$image:$NUMBER" 2>&1); then
    if [[ $said != *"no such manifest"* ]]; then
      echo "::error::$image:$NUMBER: nobody says whether it is out already: $said"
      exit 1
    fi
    publish "$image" "$NUMBER"
  fi
  reference=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image:candidate" |
    grep --fixed-strings "$image@" | head -n 1)
  for service in ${services//,/ }; do
    words+=("$service=$reference")
  done
done <<<"$IMAGES"
echo "release=${words[*]}" >>"$GITHUB_OUTPUT"
