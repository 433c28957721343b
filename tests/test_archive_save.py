"""Copies of sources are saved beside the registry, from a server of ours on loopback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from explainer.archive import save
from tests.publish_support import answer
from tests.test_archive_links import PORT, QUOTE, ROUTES, Web, a_page, a_source, page, web
from tests.test_resolve_quotes import pdf

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from tests.harness import Result, SiteTest

__all__ = ["web"]
TODAY = "1717250400"  # 2024-06-01
FILE = "content/sources/a.yaml"


def archived(site: SiteTest, *args: str) -> Result:
    return site.run("sources", "archive", *args, "--site", str(site.root))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", TODAY)
    for key in save.KEYS:
        monkeypatch.delenv(key, raising=False)


def a_site(site: SiteTest, *paths: str) -> str:
    ids = [f"s{number}" for number, _ in enumerate(paths)]
    text = "# Ours.\n" + "".join(
        f"{id_}:  # {path}\n  type: report\n  title: T\n  url: http://news.test:{PORT[0]}{path}  # here\n  publisher: P\n"
        for id_, path in zip(ids, paths, strict=True)
    )
    site.write(FILE, text)
    a_page(site, "a", ids)
    return text


def test_copies_are_saved_and_the_yaml_keeps_its_comments(site: SiteTest, web: Web) -> None:
    text = a_site(site, "/fine", "/text", "/latin")
    result = archived(site, "--write")
    assert result.exit == 0, result.stderr
    saved = site.root / "content/sources/saved"
    assert sorted(file.name for file in saved.iterdir()) == ["s0.html", "s1.txt", "s2.html"]
    expected = text
    for id_, path, suffix in (("s0", "/fine", "html"), ("s1", "/text", "txt"), ("s2", "/latin", "html")):
        url = f"{path}  # here\n"
        expected = expected.replace(url, f"{url}  saved: saved/{id_}.{suffix}\n  accessed: 2024-06-01\n")
    assert (site.root / FILE).read_text("utf-8") == expected
    assert "Él dijo" in (saved / "s2.html").read_text("utf-8-sig")
    assert site.build("--strict").codes == []
    asked = len(web.asked)
    assert "nothing to archive" in archived(site).stdout
    assert len(web.asked) == asked


def test_the_lines_are_printed_and_a_stopped_run_goes_on(site: SiteTest, web: Web) -> None:
    text = a_site(site, "/fine")
    printed = f"# {FILE}:2, s0\nsaved: saved/s0.html\n"
    assert archived(site, "--dry-run").stdout == printed + "accessed: 2024-06-01\n"
    assert not (site.root / "content/sources/saved").exists()
    assert archived(site).stdout == printed + "accessed: 2024-06-01\n"
    asked = len(web.asked)
    assert archived(site).stdout == printed
    assert len(web.asked) == asked
    assert (site.root / FILE).read_text("utf-8") == text


def test_what_is_not_as_quoted_is_not_saved(site: SiteTest, web: Web) -> None:
    text = a_site(site, "/changed", "/404", "/picture", "/forbidden/x")
    result = archived(site, "--write")
    assert result.exit == 1
    for words in (f"gone: {QUOTE}", "answers with 404", "can't be read", "robots.txt asks"):
        assert words in result.stderr
    assert (site.root / FILE).read_text("utf-8") == text
    assert not (site.root / "content/sources/saved").exists()
    assert web.most == 1


def test_what_would_tell_on_us_is_never_fetched(site: SiteTest, web: Web) -> None:
    site.write(FILE, f"draft: {a_source('/fine')}")
    a_page(site, "a", ["draft"], "draft: true\n")
    assert archived(site, "draft", "--wayback").exit == 0
    assert web.asked == []


def test_a_source_of_a_page_s_own(site: SiteTest, web: Web) -> None:
    a_page(site, "a", ["own"], f"sources:\n  own: {a_source('/fine')}")
    assert archived(site, "--write").exit == 0
    assert "saved: ../sources/saved/a-own.html, accessed: 2024-06-01" in (
        site.root / "content/explainers/a.md"
    ).read_text("utf-8")
    assert site.build("--strict").codes == []
    assert web.asked


def test_snapshots_are_found_and_asked_for(site: SiteTest, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(save, "_AVAILABLE", f"http://wayback.test:{PORT[0]}/available")
    monkeypatch.setattr(save, "_SAVE", f"http://wayback.test:{PORT[0]}/save")
    found = {"archived_snapshots": {"closest": {"available": True, "url": "http://web.archive.org/web/2024/http://x/"}}}
    url = f"/available?url=http%3A%2F%2Fnews.test%3A{PORT[0]}"
    monkeypatch.setitem(ROUTES, f"{url}%2Ffine", page(json.dumps(found)))
    monkeypatch.setitem(ROUTES, f"{url}%2Ftext", page("{}"))
    a_site(site, "/fine", "/text")
    result = archived(site, "--wayback", "--write")
    assert '  archive: "https://web.archive.org/web/2024/http://x/"\n' in (site.root / FILE).read_text("utf-8")
    assert "has no snapshot; with IA_ACCESS_KEY and IA_SECRET_KEY" in result.stderr
    assert not any("/save" in path for path in web.asked)


def test_a_snapshot_is_asked_for_until_it_is_too_much(
    site: SiteTest, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Save Page Now gets the address and the keys; after a 429 nothing more is asked in this run."""
    posted: list[tuple[str, str | None]] = []

    def save_it(request: BaseHTTPRequestHandler) -> None:
        form = request.rfile.read(int(request.headers["Content-Length"])).decode()
        posted.append((form, request.headers["Authorization"]))
        refused = len(posted) > 1
        answer(request, 429 if refused else 200, b"{}", **({"Retry_After": "60"} if refused else {}))

    host = f"http://wayback.test:{PORT[0]}"
    monkeypatch.setattr(save, "_AVAILABLE", f"{host}/available")
    monkeypatch.setattr(save, "_SAVE", f"{host}/save")
    monkeypatch.setitem(ROUTES, "/save", save_it)
    paths = ("/fine", "/text", "/latin")
    for path in paths:
        monkeypatch.setitem(ROUTES, f"/available?url=http%3A%2F%2Fnews.test%3A{PORT[0]}%2F{path[1:]}", page("{}"))
    monkeypatch.setenv(save.KEYS[0], "key")
    monkeypatch.setenv(save.KEYS[1], "word")
    a_site(site, *paths)
    result = archived(site, "--wayback", "--write")
    assert result.exit == 0
    assert len(posted) == 2
    assert {keys for _, keys in posted} == {"LOW key:word"}
    assert all(form.startswith(f"url=http%3A%2F%2Fnews.test%3A{PORT[0]}%2F") for form, _ in posted)
    for words in (
        "was asked for a snapshot",
        "refuses to make a snapshot (429): run this again in 60 seconds",
        "wasn't asked",
    ):
        assert result.stderr.count(words) == 1, result.stderr
    assert "word" not in result.stdout + result.stderr
    assert (site.root / FILE).read_text("utf-8").count("saved: ") == 3


def test_pdf_is_saved_as_it_is_and_answers_as_evidence(
    site: SiteTest, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = pdf(QUOTE)
    monkeypatch.setitem(
        ROUTES, "/paper", lambda request: answer(request, 200, paper, Content_Type="application/pdf", X_Served_By="s1")
    )
    a_site(site, "/paper", "/latin")
    assert archived(site, "--warc", "--write").exit == 0
    saved = site.root / "content/sources/saved"
    assert (saved / "s0.pdf").read_bytes() == paper
    assert site.build("--strict").codes == []
    with (saved / "s0.warc.gz").open("rb") as file:
        kinds = {record.rec_type: (record.rec_headers, record.http_headers, record.content_stream().read())
                 for record in ArchiveIterator(file)}  # fmt: skip
    about, headers, content = kinds["response"]
    assert (about["WARC-Target-URI"], about["WARC-Date"]) == (
        f"http://news.test:{PORT[0]}/paper",
        "2024-06-01T14:00:00Z",
    )
    assert (headers.get_statuscode(), headers["X-Served-By"], content) == ("200", "s1", paper)
    assert (saved / "s1.warc.gz").is_file()
    assert web.asked
