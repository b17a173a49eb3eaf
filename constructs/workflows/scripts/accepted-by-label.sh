#!/usr/bin/env bash
# Whether the pull request that has become this commit carried LABEL when it was merged; or ACCEPT_LOSS, where somebody
# says so who starts the run by hand.
set -euo pipefail
accepted=${ACCEPT_LOSS:-false}
if [ "$accepted" != true ]; then
  pulls=$(api "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls")
  accepted=$(jq --arg wanted "$LABEL" --arg sha "$GITHUB_SHA" \
    'any(.[]; .merge_commit_sha == $sha and any(.labels[]; .name == $wanted))' <<<"$pulls")
fi
echo "accepted=$accepted" >>"$GITHUB_OUTPUT"
