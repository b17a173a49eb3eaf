#!/usr/bin/env bash
# One comment of ours in the pull request NUMBER, found by MARKER, says what the newest plan does. OUTCOME: how planning ended.
set -euo pipefail
hidden="<!-- $MARKER -->"
page=$RUNNER_TEMP/comment.md
run=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
{
  echo "$hidden"
  if [ "$OUTCOME" = success ]; then
    cat "$RUNNER_TEMP/review.md"
  else
    echo "## 🛑 There is no plan: synthesis or Terraform failed"
  fi
  printf '\n[The run](%s), for %s\n' "$run" "$COMMIT"
} >"$page"

comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments
own=$(find_own "$comments" id "$hidden")
jq --null-input --rawfile body "$page" '{body: $body}' >"$RUNNER_TEMP/comment.json"
if [ -n "$own" ]; then
  api --request PATCH --data-binary "@$RUNNER_TEMP/comment.json" --output /dev/null "${comments%/"$NUMBER"/comments}/comments/$own"
else
  api --request POST --data-binary "@$RUNNER_TEMP/comment.json" --output /dev/null "$comments"
fi
