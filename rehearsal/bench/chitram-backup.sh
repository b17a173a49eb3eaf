#!/usr/bin/env bash
# What Chitram's own scripts/backup.sh does each night, written as its deployment plan tells it: the database by pg_dump
# through gzip, all of MinIO's files once more, both kept as a dated folder. Their copies never leave the server; here they
# are sent to a bucket, as a backup has to be. Runs as root on the server. Argument: the day. Reads
# MC_HOST_store, the bucket's address with its key, from standard input.
set -euo pipefail
day=$1
read -r MC_HOST_store
export MC_HOST_store
folder=/opt/chitram-backups/$day
mkdir -p "$folder"
database=$(docker ps -qf label=com.docker.compose.service=postgres)
volume=$(docker volume ls -qf label=com.docker.compose.volume=minio-data)
docker exec "$database" pg_dump -U chitram chitram | gzip >"$folder/database.sql.gz"
tar -C "$(docker volume inspect -f '{{.Mountpoint}}' "$volume")" -cf "$folder/files.tar" .
docker run --rm --network host --env MC_HOST_store --volume "$folder:/backup:ro" \
  --volume /etc/ssl/certs:/etc/ssl/certs:ro --volume /usr/local/share/ca-certificates:/usr/local/share/ca-certificates:ro \
  minio/mc cp --quiet --recursive /backup/ "store/by-hand/$day/" >/dev/null
rm -r "$folder"
