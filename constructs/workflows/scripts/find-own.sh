#!/usr/bin/env bash
# Before scripts that keep one text of ours up to date: of those at LIST, open issues or comments, the FIELD of the first that
# begins with MARKER and is a workflow's; nothing where there is none yet. Somebody else's with our marker is theirs.
set -euo pipefail
find_own() {
  local list=$1 field=$2 marker=$3 page found own
  for page in {1..30}; do
    found=$(api "$list?per_page=100&page=$page") || return
    own=$(jq -r --arg field "$field" --arg marker "$marker" \
      'map(select(.user.type == "Bot" and .pull_request == null and ((.body // "") | startswith($marker))))
        | .[0][$field] // empty' <<<"$found") || return
    if [ -n "$own" ] || [ "$(jq length <<<"$found")" -lt 100 ]; then
      break
    fi
  done
  echo "$own"
}
