"""Publish: a finished build goes to a host whole and is verified, or what readers see stays as it is.

`finished` takes a build from its folder or an archive; `prepare` looks at the host, makes the plan and
asks the guards; `carry_out` does it. `run` is the walk.
"""

from __future__ import annotations

from explainer.publish.build_input import finished
from explainer.publish.errors import HostError, Refusal, RefusedError
from explainer.publish.run import Prepared, Result, Wish, carry_out, prepare, prepare_back

__all__ = [
    "HostError",
    "Prepared",
    "Refusal",
    "RefusedError",
    "Result",
    "Wish",
    "carry_out",
    "finished",
    "prepare",
    "prepare_back",
]
