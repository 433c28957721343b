"""The impact of a change to a source is what a build after the same edit would give."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from explainer import load
from explainer.diagnostics import Staged, has_errors
from explainer.engine.desk import open_desk
from explainer.engine.impact import Question, impact
from explainer.feeds.claims_json import sourcing_data
from tests.harness import CATALOGS
from tests.random_sourcing import RandomSite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from explainer.engine.desk import Desk
    from tests.harness import SiteTest

WORDS = Staged((CATALOGS, ()), ())
AS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("type", "statement"), ("attribution", "on-record")),
    (("attribution", "background"), ("description", "an aide"), ("why_unnamed", "fear")),
    (("type", "report"),),
    (("knowledge", "first-hand"),),
    (("knowledge", "unknown"),),
    (("via", "[s0]"),),
    (("reported_in", "[s1]"),),
    (("party", "doj"),),
    (("party", "ann"),),
    (("short", "Another name"),),
    (("date", "2016-01"),),
    (("saved", "other.txt"),),
    (("withdrawn", "2024-01-01"),),
)


def sourcing(desk: Desk) -> dict[tuple[str, str], Any]:
    """What a build says of every claim: as in `claims.json`, and at the claim."""
    return {
        (page.slug, claim.id): (
            sourcing_data(claim.verdict, claim.speaker.inside if claim.speaker else None),
            claim.words,
        )
        for page in desk.pages
        for claim in desk.stored_record(page).claims
    }


def errors(desk: Desk) -> set[str]:
    """The codes of a site's errors."""
    return {fault.code for fault in desk.faults.diagnostics if has_errors([fault])} if desk.faults else set()


def edit_by_hand(made: RandomSite, root: Path, ids: Sequence[str], question: Question) -> None:
    """Change the files as one who is asked to."""
    if question.kind == "without":
        made.write(root, gone=ids)
        return
    fields = dict(question.fields) if question.kind == "as" else {"withdrawn": "{date: 2026-01-01}"}
    for id_ in ids:
        made.sources[id_] |= fields
    made.write(root)


def hold(root: Path, seed: int) -> bool:
    """Hold the answer to a question about a random site against what is there after the edit; False if it has errors."""
    made = RandomSite(seed)
    made.write(root)
    with open_desk(root) as desk:
        if desk.faults:
            return False
        before = sourcing(desk)
    as_fields = Question("as", made.chance.choice(AS))
    question = made.chance.choice((Question("withdraw"), Question("without"), as_fields))
    ids = made.chance.sample(made.ids, made.chance.choice((1, 1, 2)))
    files = {path: path.read_bytes() for path in (root / "content").rglob("*") if path.is_file()}
    with open_desk(root) as desk:
        found = impact(desk, ids, question)
    assert {path: path.read_bytes() for path in files} == files
    edit_by_hand(made, root, ids, question)
    with open_desk(root) as desk:
        after, wrong = sourcing(desk) if not desk.faults else {}, errors(desk)
    assert {one.code for one in found.errors} == wrong, (seed, ids, question)
    if not wrong:
        moved = {(one.page, one.id): ((one.before, one.badges[0]), (one.after, one.badges[1])) for one in found.claims}
        assert moved == {key: (before[key], after[key]) for key in before if before[key] != after[key]}, (seed, ids)
    return True


def hold_many(monkeypatch: pytest.MonkeyPatch, folder: Path, seeds: Sequence[int]) -> int:
    """Hold many sites; says how many had no errors before."""
    # The words of the theme are the same for all of them, and take most of the time.
    monkeypatch.setattr(load, "load_catalogs", lambda _root, _files: WORDS)
    return sum(hold(folder / str(seed), seed) for seed in seeds)


def test_it_is_what_an_edit_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hold_many(monkeypatch, tmp_path, range(60)) > 30


@pytest.mark.torture
def test_it_is_what_an_edit_gives_on_a_thousand_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hold_many(monkeypatch, tmp_path, range(1000, 2300)) > 1000


SOURCES = """\
memo: {type: public-record, title: The memo}
letter:
  # Shown to us in March.
  type: account
  title: A letter
  via: [memo]
"""


@pytest.fixture
def small(site: SiteTest) -> SiteTest:
    site.write("content/sources/all.yaml", SOURCES)
    site.write("content/explainers/one.md", """\
        ---
        title: One
        date: 2024-01-01
        claims:
          met: {sources: [letter]}
          left: {sources: [memo, letter]}
        ---
        {{< claim id="met" >}}They met{{< /claim >}}. {{< claim id="left" >}}He left{{< /claim >}}. See {{< source memo >}}.
        """)  # fmt: skip
    site.write("content/explainers/two.md", "---\ntitle: Two\ndraft: true\nclaims: {x: {sources: [memo]}}\n---\n"
               '{{< claim id="x" >}}X{{< /claim >}}\n')  # fmt: skip
    return site


def asked(site: SiteTest, *args: str) -> Any:
    result = site.run("sources", "impact", *args, "--format", "json", "--site", str(site.root))
    assert result.exit == 0, result.stderr
    return json.loads(result.stdout)


def test_what_falls_with_a_source(small: SiteTest) -> None:
    found = asked(small, "memo", "--withdraw")
    assert found["version"] == 1
    assert [(one["page"], one["id"], one["after"]["level"]) for one in found["claims"]] == [
        ("one", "met", "withdrawn"), ("one", "left", "withdrawn"),
    ]  # fmt: skip
    assert found == asked(small, "memo")
    text = small.run("sources", "impact", "memo", "--site", str(small.root)).stdout
    assert "2 claims on 1 page would move" in text
    assert "without a source then: one#met, one#left" in text
    assert small.run("sources", "impact", "letter", "--as", "short=Letter", "--site", str(small.root)).exit == 0


def test_an_edit_that_would_be_an_error_is_told(small: SiteTest) -> None:
    result = small.run("sources", "impact", "letter", "--as", "knowledge=first-hand", "--site", str(small.root))
    assert result.exit == 1
    assert "content/sources/all.yaml: error E204 " in result.stderr
    assert "\n  hint: take `knowledge` out\n" in result.stderr


@pytest.mark.parametrize("args", [["nothing"], ["memo", "--withdraw", "--without"], ["memo", "--as", "type"], []])
def test_calls_that_make_no_sense(args: list[str], small: SiteTest) -> None:
    assert small.run("sources", "impact", *args, "--site", str(small.root)).exit == 2


def test_a_site_with_errors_has_no_answer(small: SiteTest) -> None:
    small.write("content/sources/bad.yaml", "x: {type: nonsense}\n")
    result = small.run("sources", "impact", "memo", "--site", str(small.root))
    assert result.exit == 1
    assert "nonsense" in result.stderr


def test_a_damaged_cache_makes_no_difference(small: SiteTest) -> None:
    found = asked(small, "memo")
    (small.root / ".explainer/cache.sqlite3").write_bytes(b"x" * 5000)
    assert asked(small, "memo") == found
