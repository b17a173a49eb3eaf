#!/usr/bin/env bash
# Before scripts that ask GitHub: TOKEN, by a file of its own, since everybody sees the arguments of a process.
set -euo pipefail
api() {
  curl --silent --show-error --fail-with-body --header "Accept: application/vnd.github+json" \
    --config <(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN") "$@"
}
