#!/usr/bin/env bash
# One issue of ours, found by MARKER, is open while a deployment of main would change something.
set -euo pipefail
hidden="<!-- $MARKER -->"
run=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
changes=$(jq '[(.resource_changes // [])[].change.actions | select(. != ["no-op"] and . != ["read"])] | length' \
  "$RUNNER_TEMP/plan.json")
# Of what providers tell, the review leaves out what means the same (`tags` null or []). It ends with 1 where data is lost.
review=$(npx single-host review "$RUNNER_TEMP/plan.json" --json) || [ $? = 1 ]
drifted=$(jq --exit-status '.drift | length' <<<"$review")

issues=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
own=$(find_own "$issues" number "$hidden")

if [ "$changes" = 0 ] && [ "$drifted" = 0 ]; then
  echo "$STACK is what $GITHUB_REF_NAME says."
  if [ -n "$own" ]; then
    jq --null-input --arg body "Gone: [nothing would change any more]($run)." '{body: $body}' >"$RUNNER_TEMP/gone.json"
    api --request POST --data-binary "@$RUNNER_TEMP/gone.json" --output /dev/null "$issues/$own/comments"
    api --request PATCH --data '{"state": "closed", "state_reason": "completed"}' --output /dev/null "$issues/$own"
  fi
  exit 0
fi

{
  printf '%s\n%s is not what the branch %s says. A deployment would change this; [the run](%s) found it.\n\n' \
    "$hidden" "$STACK" "$GITHUB_REF_NAME" "$run"
  cat "$RUNNER_TEMP/review.md"
} >"$RUNNER_TEMP/drift.md"
jq --null-input --arg title "Drift: $STACK" --rawfile body "$RUNNER_TEMP/drift.md" '{title: $title, body: $body}' \
  >"$RUNNER_TEMP/drift.json"
if [ -n "$own" ]; then
  api --request PATCH --data-binary "@$RUNNER_TEMP/drift.json" --output /dev/null "$issues/$own"
else
  api --request POST --data-binary "@$RUNNER_TEMP/drift.json" --output /dev/null "$issues"
fi
