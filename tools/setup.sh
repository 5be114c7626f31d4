#!/usr/bin/env bash
# Builds .venv with qmagic in it: editable, with everything that tests, checks and JupyterLab need.
#
# Nothing to do is the common case and takes milliseconds: a stamp in .venv names what was installed (the hash of
# pyproject.toml, of this file and of the JupyterLab part's sources), where, and for which Python. A copied tree, a changed
# file among these, or a Python that is gone makes the stamp wrong, and the environment is brought up to date.
#
# The JupyterLab part is built on the way (hatch_build.py), for which npm has to be there.
#
# PYTHON=/path/to/python picks the interpreter of a new .venv.
set -euo pipefail
exec </dev/null  # nothing here may ask
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=.venv
stamp=$venv/qmagic.stamp

# A name on PATH proves nothing: a pyenv shim exists for versions that are not active, and Debian splits off venv.
usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    local candidate
    if [ -n "${PYTHON:-}" ]; then
        usable "$PYTHON" && echo "$PYTHON" && return
        echo "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13 with venv." >&2
        return 1
    fi
    for candidate in python3.13 python3.12 python3.11 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[123].*/bin/python; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "qmagic needs Python 3.11, 3.12 or 3.13 with venv, and none was found." >&2
    echo "Install one (Debian: apt install python3 python3-venv), or say PYTHON=/path/to/python make setup" >&2
    return 1
}

wanted() {
    cksum <pyproject.toml
    cksum <tools/setup.sh
    find labextension \( -name node_modules -o -name lib -o -name '*.tsbuildinfo' \) -prune -o -type f -print0 |
        sort -z | xargs -0 cat hatch_build.py notebooks/01_first_circuit.ipynb | cksum
    find jupyter-config -type f -exec cat {} + | cksum
    [ -d labextension/node_modules ] || echo "no node_modules"
    pwd -P
    "$venv/bin/python" -c 'import sys; print(sys.version)' 2>/dev/null || echo "no python"
}

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted)" ]; then
    exit 0
fi

started=$SECONDS
if ! usable "$venv/bin/python"; then
    python=$(find_python)
    echo "Building $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi

if ! command -v npm >/dev/null; then
    echo "qmagic's JupyterLab part is built with npm, which was not found: install Node.js 20.19 or later." >&2
    exit 1
fi

echo "Installing qmagic and what it needs into $venv (a minute or two)"
rm -f "$stamp"
log=$venv/pip.log
# Harmless: a place to look for packages that does not have this one, and pip's advice for root.
harmless="Location '.*' is ignored|running pip as the 'root' user|^Requirement already satisfied"
# --no-compile: most modules are never imported
if ! "$venv/bin/python" -m pip install --no-compile --no-input --disable-pip-version-check --progress-bar off -e ".[dev]" >"$log" 2>&1; then
    grep -vE "$harmless" "$log" >&2 || true
    echo "pip could not install qmagic; the lines above say why (also in $log)." >&2
    exit 1
fi
# a built part that was there already needed no packages; its tests and checks do
[ -d labextension/node_modules ] || npm ci --prefix labextension --silent
# What every kernel, worker and server imports, or else the first ones would compile it side by side, each for itself.
"$venv/bin/python" -W ignore -m compileall -qq -j 0 -x '/tests?/' qmagic \
    "$venv"/lib/python3*/site-packages/{qiskit*,numpy,scipy,numba,IPython,ipykernel,jupyter*,tornado,zmq,traitlets} || true
grep -E '^(WARNING|ERROR|DEPRECATION)' "$log" | grep -vE "$harmless" >&2 || true

wanted >"$stamp"
echo "Ready after $((SECONDS - started)) s"
