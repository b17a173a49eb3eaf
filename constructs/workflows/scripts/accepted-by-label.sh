#!/usr/bin/env bash
# Whether the pull request that has become this commit carried LABEL when it was merged, and the newest run of WORKFLOW was
# green for just what was merged; or ACCEPT_LOSS, where somebody says so who starts the run by hand.
set -euo pipefail
accepted=${ACCEPT_LOSS:-false}
if [ "$accepted" != true ]; then
  repository=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY
  pulls=$(api "$repository/commits/$GITHUB_SHA/pulls")
  merged=$(jq -r --arg wanted "$LABEL" --arg sha "$GITHUB_SHA" --arg own "$GITHUB_REPOSITORY" \
    'map(select(.merge_commit_sha == $sha and .head.repo.full_name == $own and any(.labels[]; .name == $wanted)))
      | .[0].head.sha // empty' <<<"$pulls")
  if [ -n "$merged" ]; then
    runs=$(api "$repository/actions/runs?event=pull_request&head_sha=$merged&per_page=100")
    accepted=$(jq --arg path "$WORKFLOW" \
      '[.workflow_runs[] | select(.path == $path)] | max_by(.run_number).conclusion == "success"' <<<"$runs")
    [ "$accepted" = true ] ||
      echo "::warning::the label $LABEL does not count: the newest run of $WORKFLOW for $merged is not green"
  fi
fi
echo "accepted=$accepted" >>"$GITHUB_OUTPUT"
