#!/usr/bin/env bash
# CODE of the review: 0 nothing is lost, 1 something is, and nobody has accepted it. TERRAFORM: what Terraform itself said.
set -euo pipefail
if [ "$CODE" != 0 ]; then
  echo "::error::do not apply: the review says what would be lost"
  exit 1
fi
if [ "$TERRAFORM" != 0 ]; then
  echo "::error::Terraform refuses this plan"
  exit 1
fi
