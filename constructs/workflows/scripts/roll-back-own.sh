#!/usr/bin/env bash
# Takes back what this run has put in force, also where the connection broke before it said so. The server knows the run by
# BY; BEFORE is the release that was in force before.
set -euo pipefail
mine=$(ssh -F "$RUNNER_TEMP/ssh_config" server releases --json |
  jq -r --arg by "$BY" 'map(select(.current and .kind == "release" and .by == $by)) | .[0].number // empty')
if [ -z "$mine" ]; then
  echo "Nothing of this run is in force: what served before serves."
elif [ -z "$BEFORE" ]; then
  echo "::warning::release $mine stays: there is none before it to go back to"
else
  ssh -F "$RUNNER_TEMP/ssh_config" server rollback "$BEFORE" --by "$BY"
fi
