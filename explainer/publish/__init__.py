"""Publish: a finished build goes to a host whole and is verified, or what readers see stays as it is.

`read_build` takes a build from its folder or an archive; `prepare` looks at the host, makes the plan and
asks the guards; `carry_out` does it. `run` is the walk.
"""

from __future__ import annotations

from explainer.publish.build_input import read_build
from explainer.publish.errors import HostError, Refusal, RefusedError
from explainer.publish.run import Publication, PublishOptions, Result, carry_out, prepare, prepare_rollback

__all__ = [
    "HostError",
    "Publication",
    "PublishOptions",
    "Refusal",
    "RefusedError",
    "Result",
    "carry_out",
    "prepare",
    "prepare_rollback",
    "read_build",
]
