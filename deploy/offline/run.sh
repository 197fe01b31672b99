#!/bin/sh
# Starts the app. Settings stand in ecodash.env beside this file, one NAME=value a line; HOST and PORT may stand there, too.
set -eu
cd "$(dirname "$0")"
if [ ! -x .venv/bin/python ]; then
    echo "还没有安装，请先运行 ./install.sh。" >&2
    exit 1
fi
if [ -f ecodash.env ]; then
    set -a
    . ./ecodash.env
    set +a
fi
# Beside the folder of the software, so that the next version finds it.
: "${ECODASH_HOME:=$(dirname "$PWD")/ecodash-data}"
export ECODASH_HOME
exec .venv/bin/python -m streamlit run app.py --server.address "${HOST:-127.0.0.1}" --server.port "${PORT:-8501}"
