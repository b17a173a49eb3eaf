#!/bin/sh
# As the official image: arguments without the program are the program's.
set -e
[ "${1:-minio}" = minio ] || set -- minio "$@"
exec "$@"
