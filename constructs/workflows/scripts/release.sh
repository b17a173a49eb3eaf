#!/usr/bin/env bash
# RELEASE: "SERVICE=IMAGE@DIGEST ..."; TOKEN: the registry's password, for this release alone. The server knows the run by BY.
set -euo pipefail
before=$(ssh -F "$RUNNER_TEMP/ssh_config" server releases --json | jq -r 'map(select(.current)) | .[0].number // empty')
echo "before=$before" >>"$GITHUB_OUTPUT"

read -ra words <<<"$RELEASE"
ssh -F "$RUNNER_TEMP/ssh_config" server release "${words[@]}" --by "$BY" --username github-actions --password-stdin <<<"$TOKEN"
