#!/bin/sh
# Run by the postgres image when it makes the database: the role that owns the tables and migrates, and
# the one that the service runs under, which cannot change the audit. Neither is a superuser.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$SECMON_DB_OWNER_PASSWORD" --set app="$SECMON_DB_PASSWORD" <<'SQL'
CREATE ROLE secmon_owner LOGIN PASSWORD :'owner';
CREATE ROLE secmon_app LOGIN PASSWORD :'app';
CREATE DATABASE secmon OWNER secmon_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE secmon FROM PUBLIC;
GRANT CONNECT ON DATABASE secmon TO secmon_app;
SQL
