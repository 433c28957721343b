"""What readers will see change: in the plan of a publication, and by `explainer diff`."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from explainer.publish.changes import Side, changes_of
from tests.publish_desk import a_target
from tests.publish_support import a_site, publish, told

if TYPE_CHECKING:
    from tests.harness import SiteTest

SOURCES = """\
memo: {type: public-record, title: The memo, publisher: The court, date: 2024-01-01}
witness: {type: interview, attribution: on-record, title: The witness, knowledge: first-hand}
"""
PAGE = """\
---
title: {title}
date: 2024-01-01
{more}claims:
  met: {{sources: [{sources}]}}
  left: {{sources: [witness]}}
---
{{{{< claim id="met" >}}}}They met{{{{< /claim >}}}}. {{{{< claim id="left" >}}}}He left{{{{< /claim >}}}}. {words}
"""


def explainer(site: SiteTest, slug: str, sources: str = "memo", words: str = "", more: str = "") -> None:
    site.write(f"content/explainers/{slug}.md", PAGE.format(
        title=f"About {slug}", sources=sources, words=words, more=more))  # fmt: skip


def first(site: SiteTest, targets: str = "") -> None:
    a_site(site, 0, targets=targets)
    site.write("content/sources/all.yaml", SOURCES)
    for slug in ("one", "two", "three"):
        explainer(site, slug)
    site.write("content/pages/about.md", "---\ntitle: About us\n---\nWe.\n")
    assert site.build().exit == 0


def second(site: SiteTest) -> None:
    """One page changed in words, one gone, one new; of one the sourcing moved, and it says when."""
    explainer(site, "one", words="More words.")
    explainer(site, "two", "memo, witness", more="updated: 2024-02-02\n")
    (site.root / "content/explainers/three.md").unlink()
    explainer(site, "four")
    assert site.build().exit == 0


def check(found: dict[str, Any]) -> None:
    assert found["pages"] == {"new": ["four"], "changed": ["one", "two"], "gone": ["three"]}
    claims = {(one["page"], one["id"]): one for one in found["claims"]}
    assert set(claims) == {("two", "met"), ("four", "met"), ("four", "left"), ("three", "met"), ("three", "left")}
    moved = claims["two", "met"]
    assert (moved["before"]["level"], moved["before"]["n"]) == ("single-named-direct", 1)
    assert (moved["after"]["level"], moved["after"]["n"]) == ("independent-named", 2)
    assert (claims["four", "met"]["before"], claims["three", "met"]["after"]) == (None, None)


@pytest.mark.parametrize("kind", ["folder", "ssh", "pages"])
def test_the_plan_begins_with_what_readers_will_see(
    kind: str, site: SiteTest, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if kind == "ssh":
        monkeypatch.setenv("EXPLAINER_SSH", request.getfixturevalue("ssh_server").command())
    first(site, f"publish: {{live: {{{a_target(kind, site)}}}}}\n")
    assert publish(site).exit == 0
    second(site)
    result = publish(site, "--dry-run", "--max-deletes", "9")
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[1:6] == [
        "what readers will see change:",
        "new      About four (/explainers/four/), with 2 claims",
        "changed  About one (/explainers/one/); neither `updated` nor a correction says so",
        "changed  About two (/explainers/two/)",
        "gone     About three (/explainers/three/), with 2 claims",
    ]
    assert "claim two#met: They met" in lines
    assert lines.index("files:") < next(number for number, line in enumerate(lines) if line.startswith("upload"))
    done = publish(site, "--yes", "--max-deletes", "9", "--format", "json")
    check(told(done)["changes"])
    back = told(publish(site, "--rollback", "--dry-run", "--format", "json"))["changes"]
    assert back["pages"] == {"new": ["three"], "changed": ["one", "two"], "gone": ["four"]}
    assert "neither" not in publish(site, "--rollback", "--dry-run").stdout


def test_diff_of_the_last_build_and_the_content_as_it_is_now(site: SiteTest) -> None:
    first(site)
    before = site.tree()
    assert site.run("diff", "--site", str(site.root)).stdout == "readers will see no change\n"
    old = site.root.parent / "old"
    shutil.copytree(site.out, old)
    known = {path.name for path in (site.root / ".explainer").iterdir()}
    explainer(site, "one", words="More words.")
    explainer(site, "two", "memo, witness", more="updated: 2024-02-02\n")
    (site.root / "content/explainers/three.md").unlink()
    explainer(site, "four")
    result = site.run("diff", "--site", str(site.root), "--format", "json")
    assert (result.exit, site.tree()) == (0, before)
    check(json.loads(result.stdout))
    assert {path.name for path in (site.root / ".explainer").iterdir()} == known
    assert site.build().exit == 0
    check(json.loads(site.run("diff", str(old), "--site", str(site.root), "--format", "json").stdout))
    packed = shutil.make_archive(str(old), "gztar", old)
    check(json.loads(site.run("diff", packed, "--site", str(site.root), "--format", "json").stdout))
    found = json.loads(site.run("diff", "--site", str(site.root), "--new", str(old), "--format", "json").stdout)
    assert found["pages"] == {"new": ["three"], "changed": ["one", "two"], "gone": ["four"]}


def test_diff_of_what_a_host_has(site: SiteTest) -> None:
    first(site, "publish: {live: {to: folder, path: ../www, verify: 0}}\n")
    assert publish(site).exit == 0
    second(site)
    check(json.loads(site.run("diff", "live", "--site", str(site.root), "--format", "json").stdout))
    assert site.run("diff", "nothing", "--site", str(site.root)).exit == 2


def test_a_comment_for_a_pull_request(site: SiteTest) -> None:
    first(site)
    explainer(site, "two", "memo, witness")
    site.write(
        "content/explainers/four.md", "---\ntitle: A *bold* | title for @everyone\ndate: 2024-01-01\n---\nWords.\n"
    )
    text = site.run("diff", "--site", str(site.root), "--format", "markdown").stdout
    assert "- New: A \\*bold\\* \\| title for @\u200beveryone (`/explainers/four/`)" in text
    assert "- Changed: About two (`/explainers/two/`): **neither `updated` nor a correction says so**" in text
    assert (
        "| `two#met` They met | One independent source, named, first-hand (single-named-direct) | 2 independent" in text
    )


def test_content_with_errors_has_no_diff(site: SiteTest) -> None:
    first(site)
    site.write("content/explainers/bad.md", "---\ntitle: Bad\n")
    assert site.run("diff", "--site", str(site.root)).exit == 1


def side(files: dict[str, bytes]) -> Side:
    return Side({path: content.hex() for path, content in files.items()}, lambda _: files)


def test_the_same_content_in_another_frame_is_no_change_of_the_page() -> None:
    old = {"about/index.html": b"<p>a</p><main>x <img src=/a.0123456789.png></main>"}
    new = {"about/index.html": b"<p>b</p><main>x <img src=/a.9876543210.png></main>"}
    before, after = side(old), side(new)
    found = changes_of(before, after)
    assert (found.restyled, found.changed) == (1, ())
    assert changes_of(before, after, most=0).skipped == 1


def test_a_page_that_has_moved_is_gone_where_it_was() -> None:
    old = {"about/index.html": b"<title>We</title><main>x</main>"}
    new = {"about/index.html": b'<meta http-equiv="refresh" content="0; url=/us/">', "us/index.html": b"<main>x</main>"}
    before, after = side(old), side(new)
    found = changes_of(before, after)
    assert ([one.slug for one in found.new], [one.slug for one in found.gone]) == (["us"], ["about"])
