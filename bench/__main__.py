"""Measure Explainer beside the peers that are installed: `python -m bench --help`."""

from __future__ import annotations

import argparse
import re
import signal
import sys
import tempfile
from pathlib import Path

from bench.chart import chart
from bench.contestants import ROOT, peers
from bench.figures import Figures
from bench.measure import RunError
from bench.session import STEPS, measure, plan_for
from bench.table import conditions, table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
DOCUMENT, PICTURE = ROOT / "docs/benchmarks.md", ROOT / "docs/images/bench.svg"
BETWEEN = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end -->)", re.DOTALL)


def main() -> int:
    """Measure or read figures, print the table and draw the chart; the exit status is 1 for a build refused."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # end what runs, clean up
    try:
        figures = Figures.load(options.read) if options.read else _measure(options)
    except RunError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    picture = RESULTS / "bench.svg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(chart(figures), encoding="utf-8")
    print(f"{conditions(figures)}\n\n{table(figures)}")
    if options.docs:
        _document(figures)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure Explainer beside other generators.")
    parser.add_argument("--pages", type=int, nargs="+", default=[100, 1000], help="how many; several are measured")
    parser.add_argument("--runs", type=int, default=3, help="runs of each step, whose median counts")
    parser.add_argument("--peers", type=Path, default=HERE / "peers", help="the folder given to setup_peers.sh")
    parser.add_argument("--only", nargs="*", help="measure beside these peers alone")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS, help="measure these alone")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="the Explainer to measure")
    parser.add_argument("--work", type=Path, help="scratch folder; by default a new one, taken away afterwards")
    parser.add_argument("--json", type=Path, default=RESULTS / "bench.json", help="where the figures are kept")
    parser.add_argument("--read", type=Path, help="measure nothing: read the figures kept here")
    parser.add_argument("--docs", action="store_true", help="put the table and the chart into docs/")
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> Figures:
    found = peers(options.peers.resolve())
    wanted = {name: peer for name, peer in found.items() if options.only is None or name in options.only}
    missing = [name for name, peer in wanted.items() if peer is None]
    if missing:
        print(f"not installed: {', '.join(missing)}; bench/setup_peers.sh {options.peers}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.work) as work:
        there = {name: peer for name, peer in wanted.items() if peer}
        plan = plan_for(
            options.checkout.resolve(),
            there,
            sorted(options.pages),
            options.runs,
            Path(work).resolve(),
            options.json,
            options.steps,
        )
        return measure(plan)


def _document(figures: Figures) -> None:
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(chart(figures), encoding="utf-8")
    text = DOCUMENT.read_text(encoding="utf-8")
    newest = f"\n{conditions(figures)}\n\n{table(figures)}\n"
    DOCUMENT.write_text(BETWEEN.sub(lambda _: newest, text), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
