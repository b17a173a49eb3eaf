#!/usr/bin/env bash
# A server that a deployment resizes, or that an update restarts, is back within minutes: PATIENCE, in seconds. One that
# refuses us has answered: the next step says why.
set -euo pipefail
said=$RUNNER_TEMP/said
answers() {
  ssh -F "$RUNNER_TEMP/ssh_config" server releases --json >/dev/null 2>"$said" || [ $? != 255 ] ||
    grep -qE 'Permission denied|Host key verification failed' "$said"
}
until answers || [ "$SECONDS" -ge "$PATIENCE" ]; do
  echo "The server does not answer yet: $(tail -n 1 "$said")"
  sleep 5
done
