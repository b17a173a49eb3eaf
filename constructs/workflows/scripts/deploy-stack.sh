#!/usr/bin/env bash
set -euo pipefail
npx cdktf deploy "$STACK" --auto-approve
