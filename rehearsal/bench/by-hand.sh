#!/usr/bin/env bash
# Releases as teams make them by hand, on a server that the library has set up: the same compose file, overlay, secrets,
# network and Caddy. Runs as root on the server.
# Arguments: a way, the compose project, then SERVICE=IMAGE of all that is released. ALONE names what cannot run twice.
#   prepare   what the library does while the site serves is switched off, and the application runs without it
#   proxy     Caddy takes /srv/edge/caddy/by-hand
#   up        docker compose up -d
#   down-up   docker compose down, then up -d
#   rollout   the method of docker-rollout (https://github.com/wowu/docker-rollout): two of a service, until the new one is
#             healthy, then the old one goes. What cannot run twice is replaced by `up -d`
set -euo pipefail
way=$1 project=$2
shift 2
cd "/srv/$project"

compose() {
  docker compose --project-name "$project" --project-directory app --env-file .env \
    --file app/docker-compose.yml --file overlay.yaml --file by-hand.yaml "$@" 2>>by-hand.log
}

# Until these are healthy: a release is over when the new version serves.
await() {
  for ((attempt = 0; attempt < 600; attempt++)); do
    # shellcheck disable=SC2046 # one word a container
    docker inspect --format '{{.State.Health.Status}}' $(compose ps --quiet "$@") 2>/dev/null | grep -qv '^healthy$' || return 0
    sleep 0.2
  done
  echo "$*: not healthy within two minutes" >&2
  return 1
}

services=()
for pair in "$@"; do services+=("${pair%%=*}"); done
if [ $# -gt 0 ]; then
  { echo "services:" && for pair in "$@"; do printf '  %s: { image: "%s" }\n' "${pair%%=*}" "${pair#*=}"; done; } >by-hand.yaml
fi

case $way in
prepare)
  systemctl stop single-host-upstreams.service single-host-backup.timer
  (
    umask 077
    python3 - >.env <<'END'
import json
application = json.load(open("/etc/single-host/host.json"))["application"]
secrets = json.load(open("/var/lib/single-host/good/secrets.json"))["application"]
for name, value in {**application["settings"], **secrets}.items():
    print(f"{name}='{value}'")
END
  )
  rm -f images.yaml
  compose up --detach --quiet-pull
  await "${services[@]}"
  ;;
proxy)
  docker exec edge-caddy-1 caddy reload --config /etc/caddy/by-hand --adapter caddyfile 2>>by-hand.log
  ;;
up)
  compose pull --quiet "${services[@]}"
  compose up --detach "${services[@]}"
  await "${services[@]}"
  ;;
down-up)
  compose pull --quiet "${services[@]}"
  compose down
  compose up --detach
  await "${services[@]}"
  ;;
rollout)
  compose pull --quiet "${services[@]}"
  for service in "${services[@]}"; do
    if [[ " ${ALONE:-} " == *" $service "* ]]; then
      compose up --detach --no-deps "$service"
      await "$service"
      continue
    fi
    old=$(compose ps --quiet "$service")
    compose up --detach --no-deps --no-recreate --scale "$service=2" "$service"
    await "$service"
    docker stop "$old" >/dev/null
    docker rm "$old" >/dev/null
  done
  ;;
*)
  echo "$way: prepare, proxy, up, down-up or rollout" >&2
  exit 2
  ;;
esac
