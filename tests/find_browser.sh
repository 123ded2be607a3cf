#!/bin/sh
# Find a Chromium for the page tests, or install one, or say exactly what to type.
if [ -n "$QUOTEWELL_CHROMIUM" ] && [ -x "$QUOTEWELL_CHROMIUM" ]; then exit 0; fi
if [ -x /usr/bin/chromium ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "== Installing Debian's chromium"
  apt-get update -qq && apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "== Installing Playwright's Chromium"
"$PYTHON" -m playwright install chromium && exit 0
echo "No browser for the page tests. Type one of these, then make test again:"
echo "  sudo apt-get install chromium"
echo "  $PYTHON -m playwright install --with-deps chromium"
echo "  QUOTEWELL_CHROMIUM=/path/to/chromium make test"
exit 1
