#!/usr/bin/env bash
# Passwords for this job alone. DRAWN: "NAME:LENGTH ..."
set -euo pipefail
for secret in $DRAWN; do
  value=$(openssl rand -hex 128)
  echo "${secret%%:*}=${value:0:${secret##*:}}" >>"$GITHUB_ENV"
done
