#!/usr/bin/env bash
# Starts what production runs beside the application. PRODUCTION: a compose file; STORES, TASKS: names of its services.
set -euo pipefail
export COMPOSE_FILE=$RUNNER_TEMP/production.yaml
job=${GITHUB_JOB,,}
export COMPOSE_PROJECT_NAME=trial-$GITHUB_RUN_ID-${GITHUB_RUN_ATTEMPT:-1}-$job
printf '%s\n' "$PRODUCTION" >"$COMPOSE_FILE"
printf '%s\n' "COMPOSE_FILE=$COMPOSE_FILE" "COMPOSE_PROJECT_NAME=$COMPOSE_PROJECT_NAME" >>"$GITHUB_ENV"

for store in $STORES; do
  if ! docker compose up --detach --wait --quiet-pull "$store"; then
    docker compose logs --tail 50 "$store"
    exit 1
  fi
done
for task in $TASKS; do
  docker compose run --rm -T "$task"
done

# Under their names for what runs on the runner itself, as for what runs in a container.
privileged=$([ "$(id -u)" = 0 ] || echo sudo)
names=$(sed '/ # trial$/d' /etc/hosts)
for store in $STORES; do
  address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}' \
    "$(docker compose ps --quiet "$store")" | head -n 1)
  names+=$'\n'"$address $store # trial"
done
printf '%s\n' "$names" | $privileged tee /etc/hosts >/dev/null
