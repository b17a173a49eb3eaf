#!/usr/bin/env bash
# What the server says that runs, and what a visitor gets at SITE_URL: each path of HEALTH answers, and those of VERSIONED
# say VERSION in HEADER. RELEASE, HEADER and VERSION may be empty.
set -euo pipefail
status=$(ssh -F "$RUNNER_TEMP/ssh_config" server status --json) || true
for word in $RELEASE; do
  running=$(jq -r --arg service "${word%%=*}" '.release.images[$service].reference // empty' <<<"$status")
  if [ "${running##*@}" != "${word##*@}" ]; then
    echo "::error::${word%%=*} runs ${running:-nothing}, not ${word#*=}"
    exit 1
  fi
done

answer=$RUNNER_TEMP/answer
for path in $HEALTH; do
  code=$(curl --silent --show-error --max-time 20 --retry 6 --retry-delay 5 --retry-connrefused \
    --output /dev/null --dump-header "$answer" --write-out '%{http_code}' "$SITE_URL$path")
  # As the server judges it: a site that asks for a password is there.
  if ! [[ $code =~ ^([23]..|401)$ ]]; then
    echo "::error::$SITE_URL$path answers $code"
    exit 1
  fi
  if [ -z "$HEADER" ] || [[ " $VERSIONED " != *" $path "* ]]; then
    continue
  fi
  serving=$(tr -d '\r' <"$answer" | sed -n "s/^$HEADER: *//Ip" | tail -n 1)
  if [ "$serving" != "$VERSION" ]; then
    echo "::error::$SITE_URL$path serves version ${serving:-without $HEADER}, not $VERSION"
    exit 1
  fi
done
echo "$SITE_URL serves ${VERSION:-it}"
