#!/usr/bin/env bash
# The version of this commit: that of its tag, else of the package in FOLDER. RELEASED says whether it has a number of its own.
set -euo pipefail
semantic='^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$'

of_tag() {
  git tag --points-at HEAD --sort=-version:refname 'v*' | sed 's/^v//' | grep -E "$semantic" | head -n 1
}

of_package() {
  if [ -e "$FOLDER/package.json" ]; then
    jq -r '.version // empty' "$FOLDER/package.json"
  elif [ -e "$FOLDER/pyproject.toml" ]; then
    python3 -c 'import sys, tomllib; print(tomllib.load(open(sys.argv[1], "rb")).get("project", {}).get("version", ""))' \
      "$FOLDER/pyproject.toml"
  fi
}

number=$(of_tag || true)
[ -n "$number" ] || number=$(of_package | grep -E "$semantic" | head -n 1 || true)
echo "number=$number" >>"$GITHUB_OUTPUT"
echo "version=${number:-0.0.0}+${GITHUB_SHA:0:12}" >>"$GITHUB_OUTPUT"
