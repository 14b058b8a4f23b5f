#!/bin/sh
# Makes, once, what the parts of compose.yaml prove themselves with: a file each in docker/secrets, of which a container sees
# those that it is given. What is there already stays: a password of the database is changed there first (ALTER ROLE).
# The address of the mail server comes on a line of its own, so that no list of processes and no history of a shell has it:
#   docker/make-secrets.sh       and then type smtp://user:password@mail.example.org:587
set -eu
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"

# Each container has a user of its own, so that the file is for all to read, and the folder for nobody else here.
put() {
  [ -n "$2" ] || { echo "nothing to put into $folder/$1" >&2; exit 1; }
  printf '%s' "$2" >"$folder/.new"
  chmod 444 "$folder/.new"
  mv "$folder/.new" "$folder/$1"
}

if [ -s "$folder/smtp_url" ]; then
  echo "$folder/smtp_url is there and stays" >&2
else
  read -r address
  put smtp_url "$address"
fi
for role in owner web worker; do
  [ -s "$folder/${role}_password" ] || put "${role}_password" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
  case "$role" in owner) login=onedoor_owner ;; *) login="onedoor_${role}_login" ;; esac
  put "${role}_database_url" "postgres://$login:$(cat "$folder/${role}_password")@postgres:5432/onedoor"
done
