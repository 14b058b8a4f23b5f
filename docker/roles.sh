#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: what the processes log in as. A login owns nothing and has no rights
# of its own; it may become what its process works as, for one transaction at a time.
set -eu
# Without them the logins below could never be used, and this is run only once.
for role in web worker; do
  [ -s "/run/secrets/${role}_password" ] || { echo "no password for the $role" >&2; exit 1; }
done
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
-- Read here, so that no list of processes shows them.
\set web `cat /run/secrets/web_password`
\set worker `cat /run/secrets/worker_password`
CREATE ROLE onedoor_web NOLOGIN;
CREATE ROLE onedoor_worker NOLOGIN;
CREATE ROLE onedoor_publisher NOLOGIN;
CREATE ROLE onedoor_auditor NOLOGIN;
CREATE ROLE onedoor_figures NOLOGIN;
CREATE ROLE onedoor_insight NOLOGIN;
CREATE ROLE onedoor_open_data NOLOGIN;
CREATE ROLE onedoor_web_login LOGIN PASSWORD :'web';
CREATE ROLE onedoor_worker_login LOGIN PASSWORD :'worker';
GRANT onedoor_web, onedoor_publisher, onedoor_auditor, onedoor_insight TO onedoor_web_login WITH INHERIT FALSE;
GRANT onedoor_worker, onedoor_publisher, onedoor_auditor, onedoor_figures, onedoor_open_data TO onedoor_worker_login WITH INHERIT FALSE;
SQL
