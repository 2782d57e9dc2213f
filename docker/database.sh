#!/bin/sh
# Run once by the postgres image, on an empty volume. Two users: the owner changes the evidence log's schema, the server may only add to it.
password_of() { awk -F: -v user="$1" '$4 == user { print $5; exit }' /run/secrets/database_pgpass /run/secrets/database_owner_pgpass; }

ECONTRACT_PASSWORD=$(password_of econtract) OWNER_PASSWORD=$(password_of econtract_owner) \
  psql -q -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv econtract_password ECONTRACT_PASSWORD
\getenv owner_password OWNER_PASSWORD
CREATE ROLE econtract_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE econtract LOGIN PASSWORD :'econtract_password';
CREATE DATABASE econtract OWNER econtract_owner;
GRANT CREATE, CONNECT ON DATABASE econtract TO econtract;
SQL
