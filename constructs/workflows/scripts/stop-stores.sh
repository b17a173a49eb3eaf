#!/usr/bin/env bash
# A runner of one's own is used again.
set -euo pipefail
[ -z "${COMPOSE_FILE:-}" ] || docker compose down --volumes --remove-orphans --timeout 1
