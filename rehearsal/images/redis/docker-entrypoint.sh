#!/bin/sh
# As the official image: options alone are redis-server's, which then doesn't run as root.
set -e
case ${1:-} in
  -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
  # the container's port is published on purpose or not at all
  [ $# -gt 1 ] || set -- "$@" --protected-mode no --bind '*'
  case " $* " in
    *" --protected-mode "*) ;;
    *) set -- "$@" --protected-mode no ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
  fi
fi
exec "$@"
