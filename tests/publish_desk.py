"""A newsroom with three builds and one host that keeps versions, of any kind."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any

from tests.needs import need_program
from tests.publish_support import a_page, a_site, publish, published_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import SiteTest


class Desk:
    """A newsroom with builds 1, 2, 3, … and one host; `reads` is what a reader of the changed page gets."""

    def __init__(self, site: SiteTest, kind: str, target: str) -> None:
        self.site, self.kind = site, kind
        self.base = site.root.parent
        a_site(site, targets=f"publish: {{live: {{{target}}}}}\n")

    def build(self, number: int) -> Path:
        a_page(self.site, "page-1", f"Edition {number}.")
        assert self.site.build().exit == 0
        folder = self.base / f"build-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.site.out, folder)
        return folder

    def publish(self, number: int, *more: str) -> Any:
        return publish(self.site, "--from", str(self.base / f"build-{number}"), "--yes", "--format", "json", *more)

    def rollback(self) -> Any:
        return publish(self.site, "--rollback", "--yes", "--format", "json")

    @property
    def folder(self) -> Path:
        """What readers get, of kinds that are folders."""
        return (self.base / ("www/current" if self.kind == "ssh" else "www")).resolve()

    def tree(self) -> dict[str, bytes]:
        """All files that readers get."""
        if self.kind != "pages":
            return published_tree(self.folder)
        with tarfile.open(fileobj=io.BytesIO(self.git("archive", "gh-pages"))) as archive:
            members = [(member.name, archive.extractfile(member)) for member in archive]
            return {name: file.read() for name, file in members if file}

    def git(self, *words: str, given: bytes = b"") -> bytes:
        """What git says of the remote of `pages`."""
        command = [need_program("git"), "-C", str(self.base / "remote.git"), *words]
        env = {**os.environ, "GIT_INDEX_FILE": str(self.base / "index")}
        return subprocess.run(command, capture_output=True, check=True, input=given, env=env).stdout

    def change(self, path: str, content: bytes | None) -> None:
        """Write a file on the host by hand, or remove it."""
        if self.kind != "pages":
            file = self.folder / path
            if content is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            return
        self.git("read-tree", "gh-pages")
        if content is None:
            self.git("update-index", "--index-info", given=f"0 {'0' * 40}\t{path}\n".encode())
        else:
            blob = self.git("hash-object", "-w", "--stdin", given=content).decode().strip()
            self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        tree = self.git("write-tree").decode().strip()
        name = ("-c", "user.name=Somebody", "-c", "user.email=somebody@post.example")
        made = self.git(*name, "commit-tree", tree, "-p", "gh-pages", "-m", "By hand").decode().strip()
        self.git("update-ref", "refs/heads/gh-pages", made)

    @property
    def reads(self) -> str:
        path = "explainers/page-1/index.html"
        page = self.git("show", f"gh-pages:{path}") if self.kind == "pages" else (self.folder / path).read_bytes()
        return page.decode().partition("Edition ")[2][:1]

    def list(self) -> list[dict[str, Any]]:
        result = publish(self.site, "--list", "--format", "json")
        assert result.exit == 0
        found: list[dict[str, Any]] = json.loads(result.stdout)["targets"][0]["versions"]
        return found


def a_desk(kind: str, site: SiteTest) -> Desk:
    """A desk with three builds; for `ssh` the environment names the server."""
    made = Desk(site, kind, a_target(kind, site))
    for number in (1, 2, 3):
        made.build(number)
    return made


def a_target(kind: str, site: SiteTest) -> str:
    """The fields of a target."""
    base = site.root.parent
    target = "to: folder, path: ../www, verify: 0"
    if kind == "ssh":
        target = f"to: ssh, host: 127.0.0.1, path: {base}/www, verify: 0"
    elif kind == "pages":
        subprocess.run([need_program("git"), "init", "-q", "--bare", str(base / "remote.git")], check=True)
        target = "to: pages, remote: ../remote.git, verify: 0"
    return target
