#!/usr/bin/env bash
# The plan as a page, and whether it may be applied. ACCEPTED: true where what it loses is meant; LABEL says so.
set -euo pipefail
options=(--format markdown --label "$LABEL")
[ "$ACCEPTED" != true ] || options+=(--accept-all)
code=0
npx single-host review "$RUNNER_TEMP/plan.json" "${options[@]}" >"$RUNNER_TEMP/review.md" || code=$?
cat "$RUNNER_TEMP/review.md" >>"$GITHUB_STEP_SUMMARY"
echo "code=$code" >>"$GITHUB_OUTPUT"
