#!/bin/sh
# Installs from this folder without the internet. PYTHON=/path/to/python3.11 ./install.sh names another Python.
set -eu
cd "$(dirname "$0")"
if [ -z "${PYTHON:-}" ]; then
    wanted=$(sed -n 's/^python: //p' VERSION)
    PYTHON=$(command -v "python$wanted" || command -v python3 || true)
fi
if [ -z "$PYTHON" ]; then
    echo "没有安装：找不到 Python $wanted。请先安装（Debian：apt install python3），或用 PYTHON=路径 指定。" >&2
    exit 1
fi
exec "$PYTHON" install.py
