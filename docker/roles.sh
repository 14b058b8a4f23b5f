#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: the role that the application serves as, which owns nothing.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$POSTGRES_WEB_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE onedoor_web LOGIN PASSWORD :'password';
SQL
