"""The preview over ten thousand saves, and how long a reader waits meanwhile."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.serve_support import Crowd, Preview, soak
from tests.test_serve import many_saves, page, write_small
from tests.test_serve_storm import rude, send_much

if TYPE_CHECKING:
    from tests.harness import SiteTest

pytestmark = pytest.mark.torture

SAVES, LONGEST_PAUSE = 200, 3.0  # seconds
PAGES, SOCKETS, STORMS = 1000, 200, 10
SOAK = 10_000
LONGEST = 0.2  # seconds that one answer of a hundred may take


@pytest.fixture
def large(site: SiteTest) -> SiteTest:
    for number in range(PAGES):
        site.write(f"content/explainers/p{number}.md", page(f"mark-{number}", f"Page {number}"))
    return site


def test_two_hundred_saves_are_shown_and_the_last_reload_follows_the_last(site: SiteTest) -> None:
    write_small(site)
    with Preview(site.root) as preview:
        many_saves(preview, site, SAVES, lambda rng: rng.uniform(0, LONGEST_PAUSE))


def test_ten_thousand_saves_leave_nothing_behind(large: SiteTest) -> None:
    def save(number: int) -> str:
        large.write(f"content/explainers/p{number % 50}.md", page(f"mark-{number}", f"Title {number // 5}"))
        return f"/explainers/p{number % 50}/"

    with Preview(large.root) as preview:
        grown, files = soak(preview, SOAK, save)
        sys.stdout.write(f"grown by {grown:.1f} MiB and {files} descriptors\n")
        assert grown < 12
        assert files <= 2


def test_nobody_waits_long_in_a_storm(large: SiteTest) -> None:
    waits: list[float] = []
    with Preview(large.root) as preview, ExitStack() as stack:
        crowd = Crowd(preview, SOCKETS)
        stack.callback(crowd.close)
        rude(preview.port, stack)
        stop = threading.Event()

        def look() -> None:
            number = 0
            while not stop.is_set():
                began = time.perf_counter()
                preview.get(f"/explainers/p{number % PAGES}/")
                waits.append(time.perf_counter() - began)
                number += 7
                time.sleep(0.01)

        looking = threading.Thread(target=look)
        looking.start()
        send_much(preview.port)
        for storm in range(STORMS):
            for number in range(PAGES):
                large.write(
                    f"content/explainers/p{number}.md", page(f"storm-{storm}-{number}", f"Title {storm}-{number}")
                )
            preview.shows(f"/explainers/p{PAGES - 1}/", f"It is storm-{storm}-{PAGES - 1}.")
            # All have one day, so they stand in the order of their names; the list has fifty on a page.
            preview.shows("/explainers/page/20/", f"Title {storm}-{PAGES - 1}")
        stop.set()
        looking.join()
    quantiles = statistics.quantiles(waits, n=100)
    sys.stdout.write(f"{len(waits)} answers: p50 {quantiles[49] * 1000:.0f} ms, p99 {quantiles[98] * 1000:.0f} ms\n")
    assert quantiles[98] < LONGEST
