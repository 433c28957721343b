"""The fast paths of parsing against markdown-it's own, on 20,000 documents: `make torture`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.markdown_writer import simple_texts, texts
from tests.test_parse_parser import ANYTHING, SIMPLE, check_fast_and_plain

pytestmark = pytest.mark.torture


@settings(max_examples=20_000, derandomize=False, suppress_health_check=list(HealthCheck))
@given(simple_texts() | simple_texts() | ANYTHING | SIMPLE | texts().map(lambda made: made[0]))
def test_documents_are_the_same_with_the_fast_paths_and_without(text: str) -> None:
    check_fast_and_plain(text)
