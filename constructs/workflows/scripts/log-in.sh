#!/usr/bin/env bash
set -euo pipefail
docker login ghcr.io --username github-actions --password-stdin <<<"$TOKEN"
