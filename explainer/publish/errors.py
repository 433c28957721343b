"""Errors of a publication, without secrets in their messages."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET_NAME = re.compile(r"PASS|SECRET|TOKEN|CREDENTIAL|ACCESS_KEY|API_KEY|PRIVATE", re.IGNORECASE)
_SIGNED = re.compile(r"(?i)((?:authorization|signature|x-amz-[a-z-]*(?:token|credential|signature))\s*[=:]\s*)\S+")
_SHORTEST = 6  # characters; shorter values would take ordinary words out of messages


class Refusal(NamedTuple):
    """Why a guard refuses a publication: a code, a message, and what can be done."""

    code: str
    message: str
    hint: str = ""


class RefusedError(Exception):
    """A guard refuses; nothing has been sent."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = refusals


class HostError(Exception):
    """The host, the connection, or this machine failed. The message contains no secret."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(redacted(message))
        self.hint = hint


class MovedOnError(HostError):
    """Somebody else has published since the host was inspected."""

    def __init__(self) -> None:
        super().__init__(
            "somebody else has published there meanwhile; nothing was changed", "look at it, then run this again"
        )


def redacted(text: str) -> str:
    """Text without the users and passwords in addresses, and without secrets of the environment."""
    text = _SIGNED.sub(r"\1…", _IN_ADDRESS.sub("…@", text))
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST:
            text = text.replace(value, "…")
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
