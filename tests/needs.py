"""Programs that a test needs: where one is missing the test is skipped with the reason, and fails under `CI=true`."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

# Servers stand where only root's PATH looks, or come as packages of Python.
_PATH = os.pathsep.join(
    (os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", os.path.dirname(sys.executable))  # noqa: PTH120
)


def find_program(*names: str) -> str | None:
    """The path of the first of these programs that is there."""
    return next((found for name in names if (found := shutil.which(name, path=_PATH))), None)


def need_program(*names: str) -> str:
    """The path of the first of these programs that is there; without any the test ends here."""
    return find_program(*names) or lacking(
        f"there is no {' or '.join(names)} on the PATH; `make test` installs it by apt"
    )


def lacking(reason: str) -> str:
    """End a test that can't be run here: a skip, or under `CI=true` a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def need_chromium() -> str:
    """The path of Chromium."""
    return need_program("chromium", "chromium-browser", "google-chrome")
