#!/bin/sh
# Makes, once, what the parts of compose.yaml prove themselves with: a file each in docker/secrets, of which a container sees
# those that it is given. What is there already stays.
#   docker/make-secrets.sh smtp://user:password@mail.example.org:587
set -eu
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"

# Each container has a user of its own, so that the file is for all to read, and the folder for nobody else here.
put() {
  [ -e "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"
  chmod 444 "$folder/$1"
}

put smtp_url "${1:?give the address of the mail server, as smtp://…}"
for role in owner web worker; do
  put "${role}_password" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
  case "$role" in owner) login=onedoor_owner ;; *) login="onedoor_${role}_login" ;; esac
  put "${role}_database_url" "postgres://$login:$(cat "$folder/${role}_password")@postgres:5432/onedoor"
done
