"""Publish a finished build to a host completely and verified, or leave what readers see as it is.

`read_build` reads a build from its folder or an archive; `prepare` inspects the host, makes the plan and
asks the guards; `carry_out` does it. Start with `run`.
"""

from __future__ import annotations

from explainer.publish.build_input import read_build
from explainer.publish.errors import HostError, Refusal, RefusedError
from explainer.publish.run import (
    Publication,
    PublishOptions,
    Result,
    Versions,
    carry_out,
    current_side,
    prepare,
    prepare_rollback,
    versions_of,
)

__all__ = [
    "HostError",
    "Publication",
    "PublishOptions",
    "Refusal",
    "RefusedError",
    "Result",
    "Versions",
    "carry_out",
    "current_side",
    "prepare",
    "prepare_rollback",
    "read_build",
    "versions_of",
]
