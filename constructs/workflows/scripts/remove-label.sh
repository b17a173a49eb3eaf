#!/usr/bin/env bash
# A label accepts what the plan of its moment loses, not what a later push adds.
set -euo pipefail
code=$(api --request DELETE --output /dev/null --write-out '%{http_code}' \
  "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$NUMBER/labels/$LABEL") || [ "$code" = 404 ]
echo "::notice::the label $LABEL is gone: it was for the plan before"
