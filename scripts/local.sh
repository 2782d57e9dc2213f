# Sourced by ./run: the local installation under .econtract (ECONTRACT_HOME): database, token, hierarchy, server.
# Everything here is idempotent: what is there is kept.

home=${ECONTRACT_HOME:-$root/.econtract}
mkdir -p "$home"
home=$(cd "$home" && pwd -P)
export ECONTRACT_HOME=$home
export ECONTRACT_GRPC_PORT=${ECONTRACT_GRPC_PORT:-7443}
export ECONTRACT_HTTP_PORT=${ECONTRACT_HTTP_PORT:-7080}
server_pid=

cli() { dotnet "$root/tools/Cli/bin/Release/net10.0/econtract.dll" "$@"; }

# make_secret FILE: a random secret that only this user can read.
make_secret() {
  [ -s "$1" ] || (umask 077 && head -c 24 /dev/urandom | base64 | tr -d '/+=\n' >"$1")
}

start_database() {
  local server; server=$("$root/scripts/postgres.sh" start "$home")
  socket=${server#Host=}; socket=${socket%%;*}
  psql_as_owner() { psql -q -v ON_ERROR_STOP=1 -h "$socket" -U postgres "$@"; }
  # Two roles: the owner changes the evidence log's schema, the server may only add to it.
  psql_as_owner -d postgres >/dev/null <<'SQL'
SELECT 'CREATE ROLE econtract_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'econtract_owner') \gexec
SELECT 'CREATE ROLE econtract LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'econtract') \gexec
SELECT 'CREATE DATABASE econtract OWNER econtract_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'econtract') \gexec
GRANT CREATE, CONNECT ON DATABASE econtract TO econtract;
SQL
  database="Host=$socket;Database=econtract;Username=econtract;Maximum Pool Size=60"
  database_owner="Host=$socket;Database=econtract;Username=econtract_owner"
}

write_configuration() {
  mkdir -p "$home/config" "$home/secrets" "$home/token/tokens" "$home/log" "$home/outbox"
  chmod 700 "$home/config" "$home/secrets" "$home/token"
  make_secret "$home/secrets/token.pin"
  make_secret "$home/secrets/token-officer.pin"
  printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n' "$home/token/tokens" >"$home/token/softhsm2.conf"
  local module; module=$(ls /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so 2>/dev/null | head -n 1)
  [ -n "$module" ] || die "libsofthsm2.so is not there (Debian package softhsm2)"
  sed -e "s|@HOME@|$home|g" -e "s|@MODULE@|$module|g" -e "s|@DATABASE@|$database|g" \
    -e "s|@GRPC_PORT@|$ECONTRACT_GRPC_PORT|g" -e "s|@HTTP_PORT@|$ECONTRACT_HTTP_PORT|g" "$root/demo/server.json" >"$home/config/server.json"
}

# As the owner, so that the server needs no right to change the evidence log.
migrate_database() {
  ECONTRACT__Audit__MigrationConnectionString=$database_owner \
    dotnet "$root/src/Server/bin/Release/net10.0/EContract.Server.dll" migrate --config "$home/config/server.json" >/dev/null
}

prepare_token() {
  cli token init --config "$home/config/server.json" --officer-pin-file "$home/secrets/token-officer.pin"
  cli token signer-keys --config "$home/config/server.json"
}

hold_ceremony() {
  [ -s "$home/hierarchy.json" ] || {
    say "holding the ceremony: root, issuing CAs, time-stamp, OCSP, audit, TLS and caller certificates"
    sed "s|@BASE_URL@|http://127.0.0.1:$ECONTRACT_HTTP_PORT|" "$root/demo/ceremony.json" >"$home/config/ceremony.json"
    cli ceremony "$home/config/ceremony.json" --config "$home/config/server.json" --output "$home" || die "the ceremony failed; run it again to go on where it stopped"
  }
  cp "$home/pki/root.pem" "$home/callers/ca.crt"
  chmod 600 "$home"/callers/*.key "$home"/tls/*.key
}

start_server() {
  local log=$home/log/console.log waited=0
  # Empty before the server is: what the last one said must not count.
  : >"$log"
  dotnet "$root/src/Server/bin/Release/net10.0/EContract.Server.dll" --config "$home/config/server.json" >"$log" 2>&1 </dev/null &
  server_pid=$!
  until grep -q '^ready: ' "$log"; do
    kill -0 $server_pid 2>/dev/null || { server_pid=; tail -n 20 "$log" >&2; die "the server did not start; its log: $log"; }
    [ $waited -lt 600 ] || die "the server is not ready after a minute; its log: $log"
    sleep 0.1
    waited=$((waited + 1))
  done
  grep '^ready: ' "$log"
}

stop_server() {
  local waited=0
  # Asked again every five seconds: a process that has hardly begun to run may lose the first signal.
  while kill -0 "$server_pid" 2>/dev/null; do
    [ $((waited % 50)) != 0 ] || kill -TERM "$server_pid" 2>/dev/null || true
    [ $waited -lt 600 ] || kill -KILL "$server_pid" 2>/dev/null || true
    sleep 0.1
    waited=$((waited + 1))
  done
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}

stop_all() {
  trap - EXIT INT TERM
  [ -z "$server_pid" ] || stop_server
  "$root/scripts/postgres.sh" stop "$home" || true
}
