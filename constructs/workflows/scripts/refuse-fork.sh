#!/usr/bin/env bash
set -euo pipefail
echo "::error::a pull request of a fork gets no secrets, so its plan is not known: push the branch to $GITHUB_REPOSITORY"
exit 1
