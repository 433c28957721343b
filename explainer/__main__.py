"""The `explainer` command as a module: `python -m explainer`."""

from __future__ import annotations

from explainer.cli.main import run

if __name__ == "__main__":
    run("explainer")
