#!/usr/bin/env bash
# Chitram's own manual for a fresh droplet (docs/deployment/DROPLET_SETUP.md of its repository), its commands in its
# order, scripted without pauses. It differs where it must: Docker comes from the distribution, the image is pulled and
# not built on the server, and the secrets are generated here instead of being pasted by hand.
# Runs as root on the server. Arguments: the domain, the image. Reads compose.yaml's folder from /opt/chitram/deploy.
set -euo pipefail
domain=$1 image=$2
export DEBIAN_FRONTEND=noninteractive

begin=$(date +%s.%N)
step() { printf 'step %s %s\n' "$1" "$(awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }')"; }

# 2.1 update the system, 2.2 a user
apt-get -q update && apt-get -qy upgrade
useradd --create-home --shell /bin/bash chitram
install -d -m 700 -o chitram -g chitram /home/chitram/.ssh
install -m 600 -o chitram -g chitram /root/.ssh/authorized_keys /home/chitram/.ssh/
step system

# 2.3 firewall
apt-get -qy install ufw
ufw allow 22/tcp && ufw allow 80/tcp && ufw allow 443/tcp && ufw --force enable
step firewall

# 3 Docker
apt-get -qy install ca-certificates curl docker.io docker-cli docker-compose
usermod -aG docker chitram
step docker

# 5.2 environment
cd /opt/chitram/deploy
postgres=$(openssl rand -hex 32) minio=$(openssl rand -hex 32)
umask 077
cat >.env.production <<EOF
DEBUG=false
DOMAIN=$domain
POSTGRES_PASSWORD=$postgres
DATABASE_URL=postgresql+asyncpg://chitram:$postgres@postgres:5432/chitram
MINIO_ROOT_USER=chitram-admin
MINIO_ROOT_PASSWORD=$minio
MINIO_ACCESS_KEY=chitram-admin
MINIO_SECRET_KEY=$minio
REDIS_PASSWORD=$(openssl rand -hex 32)
JWT_SECRET_KEY=$(openssl rand -hex 64)
EOF
cat >image.yaml <<EOF
services:
  app: { image: "$image" }
EOF
# 5.3 start, 5.4 verify
docker compose --env-file .env.production -f docker-compose.yml -f image.yaml up -d --no-build
step services
until docker compose --env-file .env.production -f docker-compose.yml -f image.yaml exec -T app curl -fs http://localhost:8000/health </dev/null >/dev/null; do sleep 0.5; done
step healthy

# 7 backups: the two lines of cron (the script itself is not in the deployed folder: their sixth failure)
apt-get -qy install cron
(crontab -l 2>/dev/null || true; echo "0 2 * * * /opt/chitram/scripts/backup.sh >> /var/log/chitram-backup.log 2>&1") | crontab -
step cron
