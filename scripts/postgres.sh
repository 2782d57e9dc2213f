#!/usr/bin/env bash
# A private PostgreSQL cluster on a Unix socket: no TCP port, no system service, nothing outside its folder.
#
#   scripts/postgres.sh start FOLDER [--fast]   make the cluster if there is none, start it, print its connection string
#   scripts/postgres.sh stop FOLDER             stop it (quietly, if it isn't running)
#   scripts/postgres.sh status FOLDER           exit 0 if it runs
#
# --fast turns fsync off: for tests, whose databases need not survive a power cut.
set -euo pipefail

command=${1:?start, stop or status}
folder=${2:?the folder that holds the cluster}
fast=${3:-}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "postgres.sh: PostgreSQL is not installed (Debian package postgresql)" >&2; exit 1; }

# PostgreSQL refuses to run as root: then Debian's postgres user owns the cluster. If that user can't reach
# the folder (a clone below /root, say), the cluster lives in /var/tmp and the folder holds a link to it.
as_owner() { "$@"; }
home=$folder/postgres
name=$(printf '%s' "$folder" | sha256sum | cut -c1-12)
if [ "$(id -u)" = 0 ]; then
  as_owner() { (cd / && runuser -u postgres -- "$@"); }
  if ! as_owner test -x "$folder"; then
    away=/var/tmp/econtract-$name
    mkdir -p "$away"
    [ -e "$home" ] || ln -sfn "$away" "$home"
    home=$away
  fi
  mkdir -p "$home"
  chown postgres: "$home"
else
  mkdir -p "$home"
fi
chmod 700 "$home"
data=$home/data

# A Unix socket's path holds 107 bytes at most.
socket=$home/socket
if [ ${#socket} -gt 80 ]; then socket=/tmp/econtract-$name; fi
log=$home/postgres.log

running() { as_owner "$bin/pg_ctl" status -D "$data" >/dev/null 2>&1; }

start() {
  exec 9>"$folder/postgres.lock"
  flock 9
  if [ ! -s "$data/PG_VERSION" ]; then
    as_owner rm -rf "$data"
    as_owner "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
    {
      echo "listen_addresses = ''"
      echo "unix_socket_permissions = 0700"
      echo "max_connections = 300"
      echo "shared_buffers = 256MB"
      echo "log_timezone = 'UTC'"
      echo "timezone = 'UTC'"
      [ "$fast" != --fast ] || printf '%s\n' "fsync = off" "full_page_writes = off"
    } | as_owner tee -a "$data/postgresql.conf" >/dev/null
  fi
  if ! running; then
    as_owner mkdir -p "$socket"
    as_owner chmod 700 "$socket"
    # The lock's descriptor must not live on in the server.
    as_owner "$bin/pg_ctl" start -w -t 60 -D "$data" -l "$log" -o "-k '$socket'" >/dev/null 9>&- || {
      echo "postgres.sh: PostgreSQL did not start; the end of $log:" >&2
      as_owner tail -n 20 "$log" >&2
      exit 1
    }
  fi
  echo "Host=$socket;Username=postgres"
}

case $command in
  start) start ;;
  stop) if running; then as_owner "$bin/pg_ctl" stop -m fast -w -D "$data" >/dev/null; fi ;;
  status) running ;;
  *) echo "postgres.sh: $command is none of start, stop, status" >&2; exit 2 ;;
esac
