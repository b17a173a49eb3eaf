#!/usr/bin/env bash
set -euo pipefail
place=$GITHUB_WORKSPACE/$FOLDER
mkdir -p "$place"
cd "$place"
git config --global --add safe.directory '*'
# a job begins with an empty folder
[ "$CLEAN" != true ] || find . -mindepth 1 -maxdepth 1 -exec rm -rf {} +
own=false
[ "$REPOSITORY" != "$GITHUB_REPOSITORY" ] || own=true
if [ -n "$REF" ]; then
  wanted=$REF
elif [ $own = true ]; then
  wanted=$GITHUB_SHA
else
  wanted=HEAD
fi
git init --quiet --initial-branch=main .
git remote add origin "$GITHUB_SERVER_URL/$REPOSITORY"
key=http.$GITHUB_SERVER_URL/.extraheader
git config --local "$key" "AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 --wrap=0)"
options=(--no-tags --prune)
[ "$TAGS" != true ] || options=(--tags --prune)
if [ "$DEPTH" = 0 ]; then
  git fetch --quiet --prune --tags origin '+refs/heads/*:refs/remotes/origin/*'
else
  options+=(--depth="$DEPTH")
fi
git fetch --quiet "${options[@]}" origin "$wanted"
branch=${GITHUB_REF#refs/heads/}
if [ -z "$REF" ] && [ $own = true ] && [ "$branch" != "$GITHUB_REF" ]; then
  git checkout --quiet -B "$branch" FETCH_HEAD
else
  git checkout --quiet --detach FETCH_HEAD
fi
[ "$PERSIST" = true ] || git config --local --unset-all "$key"
printf '%s\n' "ref=${REF:-$GITHUB_REF}" "commit=$(git rev-parse HEAD)" >>"$GITHUB_OUTPUT"
git log --no-show-signature -1 --format='%H %s'
