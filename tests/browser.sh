#!/usr/bin/env bash
# Sees to it that the browser tests find a Chromium: prints the one that is there, else installs the distribution's (Debian, Ubuntu; as root or with sudo).
# CI runs this in its set-up and tests with ASSAY_NEEDS_BROWSER=1, under which a missing browser fails the tests instead of skipping them.
set -euo pipefail

find_browser() {
    if [[ -n ${ASSAY_CHROMIUM:-} ]]; then [[ -x $ASSAY_CHROMIUM ]] && echo "$ASSAY_CHROMIUM" && return; return 1; fi
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v "$name" && return; done
    return 1
}

find_browser && exit 0
root=()
if [[ $(id -u) -ne 0 ]]; then root=(sudo -n); fi
if ! command -v apt-get >/dev/null || ! "${root[@]}" true 2>/dev/null; then
    echo "browser: no Chromium here, and no rights or no apt-get to install one: install chromium with your package manager, or set ASSAY_CHROMIUM to one" >&2
    exit 2
fi
"${root[@]}" apt-get update -qq >&2 || true
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2
find_browser
