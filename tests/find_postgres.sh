#!/bin/sh
# Find a PostgreSQL server for the ledger tests, or install one, or say exactly what to type.
found() {
  [ -x "$QUOTEWELL_POSTGRES/initdb" ] || command -v initdb >/dev/null 2>&1 \
    || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
if found; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "== Installing Debian's PostgreSQL"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
  if found; then exit 0; fi
fi
echo "No PostgreSQL for the ledger tests. Type one of these, then make test again:"
echo "  sudo apt-get install postgresql"
echo "  QUOTEWELL_POSTGRES=/folder/with/initdb-and-postgres make test"
exit 1
