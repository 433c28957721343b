"""The `explainer` command from a checkout: `python build.py build` is `explainer build`."""

from __future__ import annotations

from explainer.cli.main import run

if __name__ == "__main__":
    run("build.py")
