"""A branch of a git repository, such as GitHub Pages: a publication is a commit, pushed in one step."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from explainer.publish import remote_manifest
from explainer.publish.errors import HostError, MovedOnError, redacted
from explainer.publish.found_files import Found
from explainer.publish.host import HostState, Work, run_program

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from subprocess import CompletedProcess

    from explainer.model.settings import Target
    from explainer.publish.remote_manifest import RemoteManifest

BRANCH = "gh-pages"
# Where the host's branch and our commit stand while we work: no branch of the user's.
_THEIRS, _OURS = "refs/explainer/publication", "publication"
_DEPTH = 50  # versions that a rollback can look back on
_NOT_CONTENT = frozenset({"CNAME", ".nojekyll", "README.md"})
_SETTINGS = frozenset({"CNAME", ".nojekyll"})  # files that tell the host something; `publish` sees to them
_TIMEOUT = 600  # seconds for what goes over the network
_ENV = {"GIT_TERMINAL_PROMPT": "0"}


class Pages:
    """A branch; works in a repository of its own, with the credentials of the site's repository."""

    rolls_back_at_once, reads_headers, patience = False, True, 300

    def __init__(self, target: Target, site: Path, scratch: Path) -> None:
        self.site = site
        self.branch = target.branch or BRANCH
        self.cname = target.cname
        self.remote = self._whole(target.remote) if target.remote else self._origin()
        self.place = f"{redacted(self.remote)}, branch {self.branch}"
        self.git_dir = str(scratch / f"{target.name}.git")
        self.head = ""
        self._begin()

    def _whole(self, remote: str) -> str:
        """A remote as it is, or the path of a repository, from the site's folder on."""
        return remote if ":" in remote else str((self.site / remote).resolve())

    def _origin(self) -> str:
        done = run_program(["git", "-C", str(self.site), "remote", "get-url", "origin"], also=(2, 128))
        if done.returncode:
            hint = "give the target a `remote`, or the site's repository one that is called `origin`"
            raise HostError("the site isn't in a git repository with a remote `origin`", hint)
        return done.stdout.decode().strip()

    def _begin(self) -> None:
        run_program(["git", "init", "--quiet", "--bare", self.git_dir])
        self._git("remote", "add", "origin", self.remote)
        # CI keeps the token in the checkout's own configuration.
        own = run_program(["git", "-C", str(self.site), "rev-parse", "--git-path", "config"], also=(128,))
        if own.returncode == 0:
            config = (self.site / own.stdout.decode().strip()).resolve()
            for line in self._settings(config):
                name, _, value = line.partition("\n")
                if name.lower().startswith(("http.", "credential.", "core.sshcommand", "url.")):
                    self._keep(name, value)

    def _settings(self, config: Path) -> list[str]:
        done = run_program(["git", "config", "--file", str(config), "--includes", "--null", "--list"], also=(1, 128))
        return done.stdout.decode("utf-8", "replace").split("\0")

    def _keep(self, name: str, value: str) -> None:
        """Write a setting into our repository: on a command line others could read it."""
        section, _, key = name.rpartition(".")
        section, _, sub = section.partition(".")
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        named = sub.replace("\\", "\\\\").replace('"', '\\"')
        head = f'[{section} "{named}"]' if sub else f"[{section}]"
        file = Path(self.git_dir, "config")
        file.chmod(0o600)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(f'{head}\n\t{key} = "{escaped}"\n')

    def inspect(self, build: str) -> HostState:  # noqa: ARG002 - whoever asks, the answer is the same
        """Read what is on the branch."""
        listed = self._git("ls-remote", "origin", f"refs/heads/{self.branch}").stdout.decode()
        self.head = listed.partition("\t")[0]
        if not self.head:
            return HostState(None)
        self._git("fetch", "--quiet", f"--depth={_DEPTH}", "origin", f"+refs/heads/{self.branch}:{_THEIRS}")
        self.head = self._git("rev-parse", _THEIRS).stdout.decode().strip()
        found = self._version(self.head)
        if found:
            return HostState(found, self.head)
        names = set(self._git("ls-tree", "--name-only", _THEIRS).stdout.decode().splitlines())
        if names <= _NOT_CONTENT:
            return HostState(None, self.head)
        return HostState(None, foreign=f"{self.place} contains files that weren't published by Explainer")

    def survey(
        self,
        state: HostState,
        *,
        thorough: bool,  # noqa: ARG002 - git knows all digests
        version: RemoteManifest | None = None,
    ) -> Mapping[str, Found]:
        """The files on the branch, or of a version from before, with git's own digests."""
        if not state.token:
            return {}
        commit = self._commit_of(state, version) if version else state.token
        listed = self._git("ls-tree", "-r", "-l", "-z", commit).stdout.decode("utf-8", "replace")
        found = {}
        for line in listed.split("\0")[:-1]:
            stat, _, path = line.partition("\t")
            _, kind, blob, size = stat.split()
            if kind == "blob" and path not in _SETTINGS:
                found[path] = Found(int(size), "git", blob)
        return found

    def read(self, state: HostState, paths: Collection[str], version: RemoteManifest | None = None) -> dict[str, bytes]:
        """Read files of the branch, or of a version from before."""
        commit = self._commit_of(state, version) if version else state.token
        asked = "".join(f"{commit}:{path}\n" for path in paths)
        said = self._git("cat-file", "--batch", given=asked.encode()).stdout
        found: dict[str, bytes] = {}
        at = 0
        for path in paths:
            end = said.index(b"\n", at)
            words, at = said[at:end].rsplit(b" ", 2), end + 1
            if words[-1] != b"missing":
                found[path] = said[at : at + int(words[-1])]
                at += int(words[-1]) + 1
        return found

    def publish(self, work: Work) -> None:
        """Commit the new version on top of the branch, and push it."""
        import ghp_import  # noqa: PLC0415 - only this needs it

        (work.tree / remote_manifest.NAME).write_bytes(remote_manifest.dump(work.new))
        for path in (*work.new.retired, *work.plan.others):
            content = self._git("cat-file", "blob", f"{work.state.token}:{path}", also=(128,))
            if content.returncode == 0:
                target = work.tree / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.stdout)
        with _environment({"GIT_DIR": self.git_dir, **self._author()}):
            try:
                ghp_import.ghp_import(
                    str(work.tree), remote="refs/explainer", branch=_OURS, nojekyll=True, cname=self._cname(),
                    mesg=f"Publish build {work.new.id}",
                )  # fmt: skip
            except (ghp_import.GhpError, OSError) as error:
                raise HostError(f"git could not take the files in: {getattr(error, 'message', error)}") from error
        self._push(self._git("rev-parse", f"refs/heads/{_OURS}").stdout.decode().strip(), work.state.token)

    def _cname(self) -> str | None:
        """The domain: the target's, else the one that is there."""
        if self.cname or not self.head:
            return self.cname
        done = self._git("cat-file", "blob", f"{self.head}:CNAME", also=(128,))
        return done.stdout.decode("utf-8", "replace").strip() or None

    def _author(self) -> dict[str, str]:
        """Who commits: git's own words, else ours."""
        found: dict[str, str] = {}
        for name, key, ours in (("NAME", "user.name", "Explainer"), ("EMAIL", "user.email", "explainer@localhost")):
            done = self._git("config", key, also=(1,))
            given = os.environ.get(f"GIT_COMMITTER_{name}") or done.stdout.decode("utf-8", "replace").strip() or ours
            found |= {f"GIT_COMMITTER_{name}": given, f"GIT_AUTHOR_{name}": given}
        return found

    def _push(self, commit: str, before: str) -> None:
        lease = f"--force-with-lease=refs/heads/{self.branch}:{before}"
        target = f"{commit}:refs/heads/{self.branch}"
        try:
            self._git("push", "--porcelain", "--quiet", lease, "origin", target)
        except HostError as error:
            now = self._git("ls-remote", "origin", f"refs/heads/{self.branch}").stdout.decode().partition("\t")[0]
            if now == commit:  # the answer was lost on the way
                return
            if now != before:
                raise MovedOnError from error
            raise

    def kept_versions(self, state: HostState) -> Iterator[RemoteManifest]:
        """The versions of the branch's last commits, the last published one first."""
        found = {version.published: version for _, version in self._versions(state)}
        return (found[published] for published in sorted(found, reverse=True))

    def _versions(self, state: HostState) -> Iterator[tuple[str, RemoteManifest]]:
        """The commits of the branch that are versions, the last one first."""
        commits = self._git("rev-list", "--first-parent", f"--max-count={_DEPTH}", state.token).stdout.decode().split()
        versions = ((commit, self._version(commit)) for commit in commits)
        return ((commit, version) for commit, version in versions if version)

    def roll_back(self, state: HostState, to: RemoteManifest, others: Sequence[str]) -> None:
        """Commit a previous version's tree on top, and push it."""
        commit = self._commit_of(state, to)
        tree = self._tree_of(commit, to, self._entries(state.token, others))
        with _environment(self._author()):
            made = self._git("commit-tree", tree, "-p", state.token, "-m", f"Go back to build {to.id}")
        self._push(made.stdout.decode().strip(), state.token)

    def _commit_of(self, state: HostState, version: RemoteManifest) -> str:
        """The commit that brought a version: what somebody committed on top of it was theirs."""
        named = (version.published, version.id)
        commits = [at for at, one in self._versions(state) if (one.published, one.id) == named]
        if not commits:
            raise MovedOnError
        return commits[-1]

    def _entries(self, commit: str, paths: Sequence[str]) -> bytes:
        """The lines of git's listing for these files of a commit."""
        return self._git("ls-tree", "-r", "-z", commit, "--", *paths).stdout if paths else b""

    def _tree_of(self, commit: str, manifest: RemoteManifest, others: bytes) -> str:
        """A commit's tree with this manifest, and with the files of others."""
        blob = self._git("hash-object", "-w", "--stdin", given=remote_manifest.dump(manifest)).stdout.decode().strip()
        self._git("read-tree", commit)
        self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{remote_manifest.NAME}")
        self._git("update-index", "-z", "--index-info", given=others)
        return self._git("write-tree").stdout.decode().strip()

    def _version(self, commit: str) -> RemoteManifest | None:
        done = self._git("cat-file", "blob", f"{commit}:{remote_manifest.NAME}", also=(128,))
        try:
            return remote_manifest.load(done.stdout) if done.returncode == 0 else None
        except ValueError:
            return None

    def _git(self, *words: str, given: bytes = b"", also: tuple[int, ...] = ()) -> CompletedProcess[bytes]:
        ssh = os.environ.get("GIT_SSH_COMMAND") or os.environ.get("EXPLAINER_SSH") or "ssh"
        env = {**_ENV, "GIT_SSH_COMMAND": f"{ssh} -oBatchMode=yes", "GIT_DIR": self.git_dir}
        return run_program(["git", *words], given=given, env=env, timeout=_TIMEOUT, also=also)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables of this process for a while: ghp-import knows no other way."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
