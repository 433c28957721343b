"""Five hundred sequences of ten edits, each built both ways: `make torture`.

`TORTURE_EVERY=10` runs a tenth of them.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.incremental_machine import SiteMachine

EVERY = int(os.environ.get("TORTURE_EVERY", "1"))


class LongMachine(SiteMachine):
    """As in the small form; a class of its own has settings of its own."""


TestIncrementalIsClean = pytest.mark.torture(LongMachine.TestCase)
TestIncrementalIsClean.settings = settings(
    max_examples=500 // EVERY, stateful_step_count=10, suppress_health_check=list(HealthCheck), deadline=None
)
