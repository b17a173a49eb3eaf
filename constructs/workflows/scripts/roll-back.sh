#!/usr/bin/env bash
# RELEASE: a number of `releases`, or nothing for the good one before. The server knows the run by BY.
set -euo pipefail
if ! [[ $RELEASE =~ ^[0-9]{0,9}$ ]]; then
  printf '::error::%q is not the number of a release\n' "$RELEASE"
  exit 1
fi
read -ra number <<<"$RELEASE"
ssh -F "$RUNNER_TEMP/ssh_config" server rollback "${number[@]}" --by "$BY"
ssh -F "$RUNNER_TEMP/ssh_config" server releases | head -n 10
