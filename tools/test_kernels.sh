#!/usr/bin/env bash
# Runs the browser tests of blocked kernels on the ipykernels that are not ours by default: 6 and 7.3 treat messages that
# arrive while a cell runs differently. Each lies in a folder of its own, which only the kernels of these tests look into.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for version in 6 7.3; do
    folder=.venv/ipykernel/$version
    if [ ! -d "$folder" ]; then
        rm -rf "$folder.part"
        .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --no-deps --target "$folder.part" \
            "ipykernel==$version.*" nest-asyncio 2>&1 | { grep -v "Location '.*' is ignored" || true; }
        mv "$folder.part" "$folder"
    fi
    echo "ipykernel $version"
    QMAGIC_IPYKERNEL=$PWD/$folder .venv/bin/python -m pytest -n0 -q tests/ui/test_blocked_kernel.py "$@"
done
