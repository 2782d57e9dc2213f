#!/bin/sh
# Prepares the evidence log's schema, and token, Signer's keys and hierarchy in the volume, once; what is there is kept, and an interrupted
# ceremony goes on.
set -eu
umask 077
home=/var/lib/econtract
config=/etc/econtract/server.json
# Goes into every certificate: relying parties fetch CRLs, OCSP answers and CA certificates there. http, no trailing slash.
base_url=${BASE_URL:-http://ca:7080}

cli() { dotnet /app/cli/econtract.dll "$@"; }

mkdir -p "$home/token/tokens" "$home/outbox" "$home/spool"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n' "$home/token/tokens" >"$home/token/softhsm2.conf"

# As the owner, whose password no serving container has.
ECONTRACT__Audit__MigrationConnectionString="Host=database;Database=econtract;Username=econtract_owner;Passfile=/run/secrets/database_owner_pgpass" \
  dotnet /app/server/EContract.Server.dll migrate --config "$config"

cli token init --config "$config" --officer-pin-file /run/secrets/token_officer_pin
cli token signer-keys --config "$config"

# The transcript's signature is the ceremony's last step. The script is kept as it was begun: another one would be refused.
if [ ! -s "$home/ceremonies/docker/transcript.json.sig" ]; then
  [ -s "$home/ceremony.json" ] || sed "s|@BASE_URL@|$base_url|" /etc/econtract/ceremony.json >"$home/ceremony.json"
  cli ceremony "$home/ceremony.json" --config "$config" --output "$home"
fi
cp "$home/pki/root.pem" "$home/callers/ca.crt"
chmod 600 "$home"/callers/*.key "$home"/tls/*.key
