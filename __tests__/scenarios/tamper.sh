#!/bin/bash
# tamper.sh RUN PART COMMAND, on a server, as root: from now on this part of a backup is what COMMAND has made of it.
# COMMAND runs in the part's folder; of a dump it is the one that has the dump as `dump`.
set -euo pipefail
run=$1 part=$2 command=$3

folder=$(mktemp -d /var/tmp/tamper.XXXXXX)
trap 'rm -rf "$folder"' EXIT
read -r id path host tags < <(single-host restic snapshots --json --tag "run=$run" | python3 -c '
import json, sys, urllib.parse
for snapshot in json.load(sys.stdin):
    tags = dict(tag.partition("=")[::2] for tag in snapshot["tags"])
    if urllib.parse.unquote(tags["part"]) == sys.argv[1]:
        print(snapshot["id"], snapshot["paths"][0], snapshot["hostname"], *snapshot["tags"])
' "$part")
marks=(--quiet --host "$host")
for tag in $tags; do marks+=(--tag "$tag"); done

single-host restic restore --quiet "$id" --target "$folder"
if [ -f "$folder$path" ]; then
  mv "$folder$path" "$folder/dump"
  (cd "$folder" && bash -c "$command")
  single-host restic backup "${marks[@]}" --stdin --stdin-filename "$path" <"$folder/dump"
else
  (cd "$folder$path" && bash -c "$command")
  single-host restic backup "${marks[@]}" "$folder$path"
fi
single-host restic forget --quiet "$id"
