#!/usr/bin/env bash
# What a deployment of STACK would do: PLAN, as JSON, outside the repository, since every secret stands in it. Terraform
# leaves a plan too when it refuses one, so that the review can tell why.
set -euo pipefail
umask 077
folder=cdktf.out/stacks/$STACK
rm -f "$folder/plan"
npx cdktf diff "$STACK" || refused=$?
if [ ! -e "$folder/plan" ]; then
  echo "::error::there is no plan: the lines above say why"
  exit 1
fi
terraform -chdir="$folder" show -json plan >"$RUNNER_TEMP/plan.json"
echo "terraform=${refused:-0}" >>"$GITHUB_OUTPUT"
