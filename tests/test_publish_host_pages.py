"""Publishing to a branch of a git repository: a bare one of our own."""

from __future__ import annotations

import os
import random
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.needs import need_program
from tests.publish_support import (
    Crawler,
    a_page,
    a_sheet,
    a_site,
    answer,
    codes,
    http_server,
    killed,
    publish,
    sheet,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from tests.harness import SiteTest

MANIFEST = ".explainer-publish.json"


def git(folder: Path, *words: str, given: bytes | None = None) -> str:
    outside = {name: value for name, value in os.environ.items() if name != "GIT_DIR"}
    env = {**outside, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    env |= {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = [need_program("git"), "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, check=True, env=env, input=given).stdout.decode()


@pytest.fixture
def bare(site: SiteTest, tmp_path: Path) -> Path:
    """A bare repository that the site's target names."""
    folder = tmp_path / "remote.git"
    folder.mkdir()
    git(folder, "init", "-q", "--bare")
    a_site(site, targets="publish: {pages: {to: pages, remote: ../remote.git, verify: 0}}\n")
    assert site.build().exit == 0
    return folder


def tree(bare: Path, commit: str = "gh-pages") -> dict[str, str]:
    """What a commit holds: the digests of the contents by path."""
    listed = git(bare, "ls-tree", "-r", commit)
    return {line.split("\t")[1]: line.split()[2] for line in listed.splitlines()}


def commit(bare: Path, files: dict[str, str], *parents: str) -> None:
    """Commit files on the branch, as the host's own web pages do."""
    lines = [f"100644 blob {git(bare, 'hash-object', '-w', '--stdin', given=text.encode()).strip()}\t{path}"
             for path, text in files.items()]  # fmt: skip
    if parents:
        lines += git(bare, "ls-tree", parents[0]).splitlines()
    made = git(bare, "mktree", given="\n".join(lines).encode() + b"\n").strip()
    options = [word for parent in parents for word in ("-p", parent)]
    git(bare, "update-ref", "refs/heads/gh-pages", git(bare, "commit-tree", made, *options, "-m", "x").strip())


def test_a_publication_is_a_commit_with_exactly_the_build(site: SiteTest, bare: Path) -> None:
    assert publish(site).exit == 0
    own = {".nojekyll", ".explainer-publish.json"}
    assert tree(bare).keys() == site.tree().keys() | own
    assert git(bare, "show", "gh-pages:index.html") == site.read("index.html")
    a_page(site, "page-1", "Other words.")
    site.build()
    result = publish(site, "--format", "json")
    assert (result.exit, told(result)["plan"]["upload"]) == (0, 1)  # the search index of the year
    assert len(git(bare, "rev-list", "gh-pages").split()) == 2
    assert publish(site).exit == 0
    assert len(git(bare, "rev-list", "gh-pages").split()) == 2


def test_the_domain_that_is_there_stays(site: SiteTest, bare: Path) -> None:
    commit(bare, {"CNAME": "post.example\n"})
    assert publish(site).exit == 0
    assert git(bare, "show", "gh-pages:CNAME") == "post.example"
    a_page(site, "page-1", "Other words.")
    site.build()
    assert publish(site).exit == 0
    assert git(bare, "show", "gh-pages:CNAME") == "post.example"


def test_the_targets_domain_is_written(site: SiteTest, bare: Path) -> None:
    a_site(site, targets="publish: {pages: {to: pages, remote: ../remote.git, cname: new.example, verify: 0}}\n")
    assert publish(site).exit == 0
    assert git(bare, "show", "gh-pages:CNAME") == "new.example"


def test_a_branch_that_is_not_ours(site: SiteTest, bare: Path) -> None:
    commit(bare, {"index.html": "somebody's", "CNAME": "post.example"})
    assert codes(publish(site, "--format", "json")) == ["not-ours"]
    assert tree(bare).keys() == {"index.html", "CNAME"}


def test_a_rollback_is_a_commit_on_top(site: SiteTest, bare: Path) -> None:
    publish(site)
    first = tree(bare)
    for words, letter in (("Two.", "b"), ("Three.", "c")):
        a_page(site, "page-1", words)
        a_sheet(site, letter)
        site.build()
        assert publish(site, "--yes").exit == 0
    assert {sheet("a"), sheet("b")} <= tree(bare).keys()
    for _ in range(2):
        assert publish(site, "--rollback", "--yes").exit == 0
    assert {**tree(bare), MANIFEST: ""} == {**first, MANIFEST: ""}
    assert len(git(bare, "rev-list", "gh-pages").split()) == 5
    assert codes(publish(site, "--rollback", "--format", "json")) == ["no-earlier-version"]


def test_who_pushes_in_between_is_not_overwritten(site: SiteTest, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ghp_import  # noqa: PLC0415

    publish(site)
    a_page(site, "page-1", "Ours.")
    site.build()
    make = ghp_import.ghp_import

    def slowly(*args: object, **more: object) -> None:
        make(*args, **more)
        commit(bare, {"theirs": "theirs"}, "gh-pages")

    monkeypatch.setattr(ghp_import, "ghp_import", slowly)
    result = publish(site)
    assert result.exit == 3
    assert "somebody else has published" in result.stderr
    assert "theirs" in tree(bare)


def test_the_sites_own_remote_is_the_default(site: SiteTest, bare: Path) -> None:
    a_site(site, targets="publish: {pages: {to: pages, verify: 0}}\n")
    result = publish(site)
    assert result.exit == 3
    assert "git repository with a remote `origin`" in result.stderr
    git(site.root, "init", "-q")
    git(site.root, "remote", "add", "origin", str(bare))
    git(site.root, "config", "http.https://git.example/.extraheader", "AUTHORIZATION: basic hush")
    before = git(site.root, "for-each-ref")
    assert publish(site).exit == 0
    assert "index.html" in tree(bare)
    assert git(site.root, "for-each-ref") == before


@pytest.mark.parametrize("remote", ["../nowhere.git", "http://127.0.0.1:1/a.git", "git@127.0.0.1:a.git"])
def test_a_remote_that_cannot_be_reached(remote: str, site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLAINER_SSH", "ssh -F /dev/null -p 1")
    a_site(site, targets=f"publish: {{pages: {{to: pages, remote: '{remote}', verify: 0}}}}\n")
    site.build()
    result = publish(site, "--format", "json")
    assert (result.exit, told(result)["outcome"]) == (3, "failed")
    assert "git failed" in told(result)["error"]


def serve_branch(bare: Path) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with what stands on the branch, as such hosts do."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        path = request.path.lstrip("/")
        path = path + "index.html" if not path or path.endswith("/") else path
        command = [need_program("git"), "-C", str(bare), "cat-file", "blob", f"gh-pages:{path}"]
        done = subprocess.run(command, capture_output=True, check=False)
        answer(request, 404 if done.returncode else 200, done.stdout)

    return respond


def kill(site: SiteTest, bare: Path, moments: Sequence[float]) -> None:
    """Kill the publisher while a reader goes over the site all the while: the branch is always a whole version."""
    publish(site)
    whole = [tree(bare)]
    pages = [path for path in site.tree() if path.endswith(".html")]
    with http_server(serve_branch(bare)) as url, Crawler(url, pages) as reader:
        reader.knows(site.out)
        for number, after in enumerate(moments):
            a_page(site, "page-1", f"Words {number}.")
            a_sheet(site, "bcdef"[number % 5])
            site.build()
            reader.knows(site.out)
            killed(site, after, "--yes", whole_group=number % 2 == 0)
            now = tree(bare)
            if now not in whole:
                assert git(bare, "show", "gh-pages:explainers/page-1/index.html") == site.read(
                    "explainers/page-1/index.html"
                )
                assert site.tree().keys() <= now.keys()
                whole.append(now)
        assert publish(site, "--yes").exit == 0
    assert reader.broken == []
    assert reader.pages > len(moments)
    assert git(bare, "show", "gh-pages:explainers/page-1/index.html") == site.read("explainers/page-1/index.html")


def test_a_publisher_that_is_killed(site: SiteTest, bare: Path) -> None:
    kill(site, bare, (0.5, 0.9, 1.3))


@pytest.mark.torture
def test_a_publisher_that_is_killed_at_fifty_moments(site: SiteTest, bare: Path) -> None:
    chance = random.Random(2)  # noqa: S311 - no secret
    kill(site, bare, [chance.uniform(0.3, 1.8) for _ in range(50)])
