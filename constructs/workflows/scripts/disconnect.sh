#!/usr/bin/env bash
set -euo pipefail
rm -f "$RUNNER_TEMP/release_key" "$RUNNER_TEMP/known_hosts" "$RUNNER_TEMP/ssh_config"
