"""The preview's build, without a server: what comes first, what is put off, what is told of pages nobody looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.engine.page_texts import MissingTextError
from explainer.engine.up_to_date import scan_inputs
from explainer.serve.changes import Changes, changes_of
from explainer.serve.editor_panel import editor_panel
from explainer.serve.session import Session
from explainer.serve.warm_start import load_responses, preview_cache
from tests.session_support import begun, started
from tests.test_serve import page, write_small

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.harness import SiteTest

BOTH = (True, True)
MANY = 60


@pytest.fixture
def session(site: SiteTest) -> Session:
    site.write("content/people.yaml", "ada: {name: Ada Reyes}\n")
    for number in range(MANY):
        text = page(f"mark-{number}", f"Page {number:02}").replace("date: 2024-01-01", f"date: {2000 + number}-01-01")
        site.write(f"content/explainers/p{number:02}.md", text.replace("\nsources:", "\nauthors: [ada]\nsources:"))
    return begun(site.root)


def output(number: int) -> str:
    return f"explainers/p{number:02}/index.html"


def text(session: Session, number: int) -> str:
    assert session.tree
    return (session.tree.get(output(number)) or b"").decode()


def busy_after(times: int) -> Iterator[bool]:
    yield from [False] * times
    while True:
        yield True


def test_what_is_shown_comes_first_and_a_save_before_the_rest(site: SiteTest, session: Session) -> None:
    site.write("content/people.yaml", "ada: {name: Ada Lindqvist}\n")
    busy = busy_after(1)
    found = list(session.update(changes_of(["content/people.yaml"]), {output(3)}, lambda: next(busy)))
    assert not any(result.last for result in found)
    assert "Ada Lindqvist" in text(session, 3)
    assert len(session.state.left) == MANY - 1 - 20
    assert "Ada Reyes" in text(session, 59)

    # A save meanwhile is shown before them, and nothing is forgotten.
    site.write("content/explainers/p59.md", page("saved", "Page 59"))
    busy = busy_after(0)
    found = list(session.update(changes_of(["content/explainers/p59.md"]), (), lambda: next(busy)))
    assert "It is saved." in text(session, 59)
    assert not any(result.last for result in found)
    assert list(session.update(Changes()))[-1].last
    assert not session.state.left
    assert all("Ada Lindqvist" in text(session, number) for number in range(MANY - 1))


def test_saves_do_not_put_a_look_at_the_whole_site_off_for_ever(
    site: SiteTest, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write("content/explainers/p05.md", page("new", "Another title"))
    changes = changes_of(["content/explainers/p05.md"])
    assert not any(result.last for result in session.update(changes, (), lambda: True))
    assert not any(result.last for result in session.update(changes, (), lambda: True))
    monkeypatch.setattr("explainer.serve.session._PATIENCE", 0.0)
    assert list(session.update(changes, (), lambda: True))[-1].last
    assert session.tree
    assert b"Another title" in (session.tree.get("explainers/index.html") or b"")


def test_a_file_that_is_saved_unchanged_is_nothing_new(site: SiteTest, session: Session) -> None:
    file = site.root / "content/explainers/p05.md"
    file.write_bytes(file.read_bytes())
    (result,) = session.update(changes_of(["content/explainers/p05.md"]))
    assert (result.pages, result.last) == (False, True)


def test_a_page_is_told_of_whatever_was_told_before(site: SiteTest, session: Session) -> None:
    site.write("layouts/static/own.css", "a { color: red }")
    list(session.update(changes_of(["layouts"])))
    site.write("layouts/static/own.css", "a { color: blue }")
    (style,) = session.update(changes_of(["layouts/static/own.css"]))
    assert (style.pages, style.styles) == (False, True)
    for word in ("first", "second"):
        site.write("content/explainers/p05.md", page(word, "Page 05"))
        told = [(result.pages, result.styles) for result in session.update(changes_of(["content/explainers/p05.md"]))]
        assert (True, False) in told
        assert (True, True) not in told


ODD = '{% extends "default/explainer.html" %}{% block closing %}{% if page.title == "Page 00" %}{{ page.nothing }}{% endif %}{% endblock %}'


def test_a_layout_that_fails_over_a_page_that_nobody_opens_is_told_at_rest(site: SiteTest, session: Session) -> None:
    site.write("layouts/explainer.html", ODD)
    result = list(session.update(changes_of(["layouts/explainer.html"]), {output(59)}))[-1]
    assert not result.failed
    *_, result = session.rest((), (), lambda: False)
    assert [(fault.code, fault.span.path) for fault in result.diagnostics] == [("E603", "layouts/explainer.html")]
    # It is told once, and until it is mended.
    assert list(session.rest((), (), lambda: False)) == []
    site.write("content/explainers/p59.md", page("saved", "Another title"))
    assert list(session.update(changes_of(["content/explainers/p59.md"])))[-1].failed
    site.write("layouts/explainer.html", ODD.replace("page.nothing", "page.title"))
    assert not list(session.update(changes_of(["layouts/explainer.html"])))[-1].failed
    assert [result for result in session.rest((), (), lambda: False) if result.failed] == []


# --- What is kept for the next preview ---


def test_an_acceptance_counts_as_soon_as_it_is_saved(site: SiteTest) -> None:
    text = '---\ntitle: A\ndate: 2024-01-05\n{}---\nIt {{{{< claim id="rain" >}}}}rains{{{{< /claim >}}}}.\n'
    accept = "accept: {W451: everybody knows}\n"
    path = "content/explainers/a.md"
    site.write(path, text.format(""))
    session = begun(site.root)

    def codes(saved: str) -> tuple[list[str], list[str]]:
        site.write(path, saved)
        result = list(session.update(Changes(frozenset({path}))))[-1]
        return [one.code for one in result.diagnostics], [one.acceptance.why for one in result.accepted]

    assert codes(text.format(accept)) == ([], ["everybody knows"])
    panel = editor_panel(session, session.tree, "explainers/a/index.html", None) if session.tree else {}
    assert [(one["code"], one["why"], one["place"]) for one in panel["page"]["accepted"]] == [
        ("W451", "everybody knows", f"{path}:4:10")
    ]
    assert codes(text.format(accept).replace("rains", "pours")) == ([], ["everybody knows"])
    assert codes(text.format(accept).replace("W451", "W452")) == (["W155", "W451"], [])
    assert codes(text.format("")) == (["W451"], [])


def kept(root: Path) -> set[str] | None:
    """The outputs that a next preview would answer with at once."""
    with preview_cache(root) as cache:
        found = load_responses(cache, scan_inputs(root), BOTH)
        return None if found is None else {path for path in found.digests if found.get(path) is not None}


def rested(root: Path, *asked: str) -> None:
    """A preview that shows something, comes to rest, and ends."""
    with preview_cache(root) as cache:
        session = Session(root, cache)
        session.start(scan_inputs(root))
        list(session.update(Changes()))
        list(session.rest(asked, (), lambda: False))


@pytest.fixture
def aged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files for as old as they will be when somebody starts a preview again."""
    monkeypatch.setattr("explainer.engine.up_to_date.is_young", lambda *_: False)


def test_a_saved_copy_beside_the_registry_is_noticed(site: SiteTest) -> None:
    site.write("content/sources/s.yaml", (
        "memo: {type: public-record, title: Memo, url: https://example.org/memo, saved: memo.txt}\n"
    ))  # fmt: skip
    site.write("content/sources/memo.txt", "They say that nothing was taken.\n")
    site.write("content/explainers/a.md", (
        "---\ntitle: A\nsummary: S.\ndate: 2024-01-01\n---\n"
        'It says {{< source memo quote="nothing was taken" >}}.\n'
    ))  # fmt: skip
    session = begun(site.root)
    assert not session.result.diagnostics
    for text, codes in (("A book was taken.\n", ["E208"]), ("And nothing was taken.\n", [])):
        site.write("content/sources/memo.txt", text)
        result = list(session.update(changes_of(["content/sources/memo.txt"])))[-1]
        assert [diagnostic.code for diagnostic in result.diagnostics] == codes


def test_a_saved_copy_that_changes_is_noticed_by_a_preview_that_took_the_page_from_the_cache(site: SiteTest) -> None:
    site.write("content/explainers/a.md", (
        "---\ntitle: A\nsummary: S.\ndate: 2024-01-01\nsources:\n"
        "  memo: {type: public-record, title: Memo, url: https://example.org/memo, saved: memo.txt}\n---\n"
        'It says {{< source memo quote="nothing was taken" >}}.\n'
    ))  # fmt: skip
    site.write("content/explainers/memo.txt", "They say that nothing was taken.\n")
    rested(site.root)
    session = begun(site.root)
    assert not session.result.diagnostics
    site.write("content/explainers/memo.txt", "They say that a book was taken.\n")
    result = list(session.update(changes_of(["content/explainers/memo.txt"])))[-1]
    assert [diagnostic.code for diagnostic in result.diagnostics] == ["E208"]


@pytest.mark.usefixtures("aged")
def test_the_next_preview_has_what_was_asked_for(site: SiteTest) -> None:
    write_small(site)
    rested(site.root, "index.html", "explainers/a/index.html")
    found = kept(site.root)
    assert found
    assert {"index.html", "explainers/a/index.html"} <= found
    assert "explainers/b/index.html" not in found
    assert any(path.endswith(".css") for path in found)


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize(
    "path", ["content/site.yaml", "content/explainers/a.md", "content/explainers/new.md", "layouts/page.html"]
)
def test_whatever_changes_is_never_answered_as_it_was(site: SiteTest, path: str) -> None:
    write_small(site)
    rested(site.root, "index.html")
    assert kept(site.root)
    file = site.root / path
    site.write(path, (file.read_text() if file.exists() else "") + "\n")
    assert kept(site.root) is None


def test_a_file_as_young_as_the_last_look_is_not_trusted(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    write_small(site)
    rested(site.root, "index.html")
    monkeypatch.setattr("explainer.engine.up_to_date.is_young", lambda *_: True)
    assert kept(site.root) is None


@pytest.mark.usefixtures("aged")
def test_a_page_that_has_come_out_since_is_not_left_out(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    write_small(site)
    site.write("content/explainers/c.md", page("later", "Later").replace("2024-01-01", "2030-01-01"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    rested(site.root, "index.html")
    assert kept(site.root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1950000000")
    assert kept(site.root) is None


@pytest.mark.usefixtures("aged")
def test_a_site_with_errors_is_not_kept_and_damage_is_a_miss(site: SiteTest) -> None:
    write_small(site)
    rested(site.root, "index.html")
    with preview_cache(site.root) as cache:
        cache.put("responses", [("index.html", b"<p>Something else</p>")])
        cache.commit()
    found = kept(site.root)
    assert found
    assert "index.html" not in found
    with preview_cache(site.root) as cache:
        cache.put("preview", [("", b"\x91\x05")])
        cache.commit()
    assert kept(site.root) is None
    site.write("content/explainers/a.md", page("x").replace('"memo"', '"mema"'))
    rested(site.root, "index.html")
    assert kept(site.root) is None


@pytest.mark.parametrize(
    ("kind", "change"),
    [(kind, change) for kind in ("before", "pages", "interface", "record") for change in ("gone", "other")][:-1],
)
def test_a_damaged_cache_is_built_around(site: SiteTest, kind: str, change: str) -> None:
    write_small(site)
    site.write("content/explainers/c.md", page('It leads to {{< ref "a#one" >}}', "A third"))
    rested(site.root, "index.html")
    with preview_cache(site.root) as cache:
        rows = cache.keys(kind)
        assert rows
        if change == "gone":
            cache.remove(kind, rows)
        else:
            cache.put(kind, [(row, b"\x91\x05") for row in rows])
        cache.commit()
    with preview_cache(site.root) as cache:
        session = Session(site.root, cache)
        session.start(scan_inputs(site.root))
        assert list(session.update(Changes()))[-1].last
        assert session.tree
        for path in ("explainers/a/index.html", "explainers/c/index.html", "claims/index.html"):
            assert b"A third" in (session.tree.get("claims/index.html") or b"")
            assert session.tree.get(path)


def test_a_source_that_is_taken_away_is_told_where_it_is_cited(site: SiteTest) -> None:
    records = "kept: {type: report, title: K}\ngone: {type: report, title: G}\n"
    site.write("content/sources/a.yaml", records)
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\n{{< source kept gone >}} Told.\n")
    session = begun(site.root)
    site.write("content/sources/a.yaml", records.partition("gone")[0])
    last = list(session.update(changes_of(["content/sources/a.yaml"])))[-1]
    assert "E201" in [one.code for one in last.diagnostics]


def test_a_layout_that_is_deleted_before_it_is_read_is_missed_until_the_next_look(site: SiteTest) -> None:
    site.write("content/explainers/a.md", page("first"))
    site.write("layouts/explainer.html", '{% extends "default/explainer.html" %}')
    session = started(site.root)
    assert session.tree
    (site.root / "layouts/explainer.html").unlink()
    with pytest.raises(MissingTextError):
        session.tree.get("explainers/a/index.html")
    assert list(session.update(changes_of(["layouts/explainer.html"])))[-1].last
    assert b"It is first." in (session.tree.get("explainers/a/index.html") or b"")
