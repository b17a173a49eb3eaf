#!/usr/bin/env bash
# The way to the server: its pinned key, and ours, which may ask for releases and for nothing else.
set -euo pipefail
umask 077
printf '%s\n' "$SSH_KEY" >"$RUNNER_TEMP/release_key"
printf '%s\n' "$KNOWN_HOSTS" >"$RUNNER_TEMP/known_hosts"
cat >"$RUNNER_TEMP/ssh_config" <<END
Host server
  HostName $SERVER
  User $SERVER_USER
  IdentityFile $RUNNER_TEMP/release_key
  IdentitiesOnly yes
  UserKnownHostsFile $RUNNER_TEMP/known_hosts
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 20
  ServerAliveInterval 15
END
# Who asks, in the server's records; a second attempt is another one.
run=${GITHUB_SERVER_URL#*://}/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/attempts/${GITHUB_RUN_ATTEMPT:-1}
echo "BY=$run" >>"$GITHUB_ENV"
