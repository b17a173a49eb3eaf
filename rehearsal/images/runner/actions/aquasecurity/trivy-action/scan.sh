#!/usr/bin/env bash
set -euo pipefail
found=$(docker image inspect --format '{{index .Config.Labels "rehearsal.vulnerability"}}' "$IMAGE")
if [ -n "$found" ] && [[ ",$SEVERITY," == *",$found,"* ]]; then
  echo "$IMAGE: $found, as its label says"
  exit "$EXIT_CODE"
fi
echo "$IMAGE: its label names nothing that is asked for ($SEVERITY); nothing was scanned"
