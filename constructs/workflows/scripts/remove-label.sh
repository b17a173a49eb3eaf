#!/usr/bin/env bash
# A label accepts what the plan of its moment loses, not what a later push adds.
set -euo pipefail
api --request DELETE --output /dev/null "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$NUMBER/labels/$LABEL"
echo "::notice::the label $LABEL is gone: it was for the plan before this push"
