#!/usr/bin/env bash
# Sees to it that there is a Chromium for the tests in a browser: installs Debian's where we may, else says what to do.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the tests in a browser"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
else
    echo "The tests in a browser need Chromium: install it (Debian: apt install chromium fonts-dejavu-core)" >&2
    exit 1
fi
