#!/usr/bin/env bash
# Starts the built images with what production runs beside them. TASKS run once before, SERVICES stay; DEADLINE in seconds.
# PROBES: what the server asks before it lets visitors in, "SERVICE PORT PATH HOST" a line.
set -euo pipefail
for task in $TASKS; do
  docker compose run --rm -T "$task"
done

complain() {
  docker compose ps --all
  docker compose logs --tail 100 "${candidates[@]}"
  echo "::error::$1"
  exit 1
}

read -ra candidates <<<"$SERVICES"
docker compose up --detach --wait --wait-timeout "$DEADLINE" "${candidates[@]}" ||
  complain "the image does not get well beside the stores of production"
while read -r service port path host; do
  [ -n "$service" ] || continue
  address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}' \
    "$(docker compose ps --quiet "$service")" | head -n 1)
  code=$(curl --silent --show-error --max-time 20 --retry 15 --retry-delay 2 --retry-connrefused --output /dev/null \
    --write-out '%{http_code}' ${host:+--header "Host: $host"} "http://$address:$port$path") || true
  [[ $code =~ ^([23]..|401)$ ]] || complain "$service answers $code at $path"
done <<<"$PROBES"
