"""A folder of this machine: the new version is made beside it, and replaces it in one step."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from explainer.output.swap import finish_swap, swap_folders
from explainer.publish import remote_manifest
from explainer.publish.errors import HostError, MovedOnError
from explainer.publish.found_files import OWN_RECORDS, Found
from explainer.publish.host import HostState, Work, holder_words, read_files, write_durably

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from explainer.model.settings import Target
    from explainer.publish.remote_manifest import Past, RemoteManifest

_OWN = ("content", "layouts", ".explainer", ".git", "site")
KEEP = 5
_PATIENCE, _PAUSE = 150.0, 0.2  # seconds that another publisher is waited for
_LONGEST_HOLDER = 1000  # bytes
_ALL_READ, _ALL_ENTER = 0o004, 0o005  # of a file's mode, of a folder's


class Folder:
    """A folder; previous versions are kept in a hidden folder beside it."""

    rolls_back_at_once, reads_headers, patience = True, True, 10

    def __init__(self, target: Target, site: Path) -> None:
        self.folder = Path(os.path.realpath(site / (target.path or "")))
        self.place = str(self.folder)
        self.keep = target.keep or KEEP
        self.site = Path(os.path.realpath(site))
        if not self.folder.name:
            hint = "name a folder for the site alone, such as /srv/www/post"
            raise HostError(f"{self.folder} can't be published to: it is the root of the file system", hint)
        self.next, self.aside, self.kept, self.lock = (
            self.folder.with_name(f".{self.folder.name}.explainer-{what}") for what in ("next", "aside", "kept", "lock")
        )

    def inspect(self, build: str) -> HostState:  # noqa: ARG002 - whoever asks, the answer is the same
        """Read what is in the folder."""
        with _naming(self.folder):
            return self._look()

    def _look(self) -> HostState:
        own = [self.site / name for name in _OWN]
        if self.site.is_relative_to(self.folder) or any(self.folder.is_relative_to(path) for path in own):
            return HostState(None, foreign=f"{self.folder} is part of the site's own files, or contains them")
        # A publisher that was killed between two renames may have left the folder under this name.
        folder = self.aside if not self.folder.exists() and self.aside.exists() else self.folder
        if not folder.exists():
            return HostState(None)
        if not folder.is_dir():
            return HostState(None, foreign=f"{folder} isn't a folder")
        try:
            found = remote_manifest.load((folder / remote_manifest.NAME).read_bytes())
        except (FileNotFoundError, ValueError):
            if not any(folder.iterdir()):
                return HostState(None)
            return HostState(None, foreign=f"{folder} isn't empty, and wasn't published by Explainer")
        return HostState(found, _token(found))

    def survey(self, state: HostState, *, thorough: bool, version: RemoteManifest | None = None) -> Mapping[str, Found]:
        """The files in the folder; those are read that were written after the manifest."""
        if state.manifest is None:
            return {}
        folder = self.kept / _name(version) if version else self.folder
        with _naming(folder):
            published = (folder / remote_manifest.NAME).stat().st_mtime_ns
            return {
                path: _found(folder / path, published, thorough=thorough, open_to_all=open_to_all)
                for path, open_to_all in _walk(folder)
            }

    def read(self, state: HostState, paths: Collection[str], version: RemoteManifest | None = None) -> dict[str, bytes]:  # noqa: ARG002 - part of the protocol
        """Read files of the folder, or of a kept version."""
        return read_files(self.kept / _name(version) if version else self.folder, paths)

    def publish(self, work: Work) -> None:
        """Make the new version beside the folder, then swap both."""
        with self._locked(work.state):
            if self.next.exists():
                shutil.rmtree(self.next)
            self.next.mkdir(mode=0o700)
            try:
                for path, file in work.new.files.items():
                    self._place(path, file.digest, work.tree / path)
                for path, old in work.new.retired.items():
                    self._place(path, old.digest, None)
                self._carry(self.folder, work.plan.others)
            except BaseException:
                shutil.rmtree(self.next, ignore_errors=True)
                raise
            self._write_manifest(work.new)
            self._switch(work.state.manifest)
            for one in work.new.withdrawn.values():
                shutil.rmtree(self.kept / _name(one), ignore_errors=True)

    def _write_manifest(self, new: RemoteManifest) -> None:
        part = self.next / f"{remote_manifest.NAME}.part"
        write_durably(part, remote_manifest.dump(new))
        part.replace(self.next / remote_manifest.NAME)

    def _place(self, path: str, digest: str, source: Path | None) -> None:
        """Link the present version's file where it is the same, else copy the new one."""
        live, target = self.folder / path, self.next / path
        self._make_folder(target.parent)
        with suppress(OSError):
            if live.stat().st_mode & _ALL_READ and sha256(live.read_bytes()).hexdigest() == digest:
                os.link(live, target, follow_symlinks=False)
                return
        if source is None:
            with suppress(FileNotFoundError):  # somebody took it away; no page needs it
                write_durably(target, live.read_bytes())
            return
        write_durably(target, source.read_bytes())

    def _carry(self, version: Path, others: Iterable[str], to: Path | None = None) -> None:
        """Take along what somebody else put into a version."""
        for path in others:
            target = (to or self.next) / path
            self._make_folder(target.parent)
            with suppress(FileNotFoundError, FileExistsError):
                try:
                    os.link(version / path, target, follow_symlinks=False)
                except PermissionError:  # Linux links nobody's files but our own
                    shutil.copy2(version / path, target, follow_symlinks=False)

    def _make_folder(self, folder: Path) -> None:
        """Make a folder that a web server of another user may read, whatever the umask."""
        if not folder.exists():
            self._make_folder(folder.parent)
            folder.mkdir()
            folder.chmod(0o755)

    def _switch(self, before: RemoteManifest | None) -> None:
        """Make `next` current; the version that it replaces is kept."""
        self.next.chmod(0o755)
        if not self.folder.exists():
            self.next.rename(self.folder)
            return
        swap_folders(self.next, self.folder, self.aside)
        with suppress(OSError):  # as below
            self._carry_late(before)
        with suppress(OSError):  # what becomes of the old version is no reason to fail
            if before:
                self._keep(before)
            shutil.rmtree(self.next, ignore_errors=True)

    def _carry_late(self, before: RemoteManifest | None) -> None:
        """Take along what somebody else put into the old version, now in `next`, while the new one was made."""
        known = before.files.keys() | before.retired.keys() if before else set()
        late = (path for path, _ in _walk(self.next) if path not in known and not path.startswith(OWN_RECORDS))
        self._carry(self.next, [path for path in late if not os.path.lexists(self.folder / path)], self.folder)

    def _keep(self, version: RemoteManifest) -> None:
        self.kept.mkdir(mode=0o700, exist_ok=True)
        self.next.rename(self.kept / _name(version))
        for old in sorted(self.kept.iterdir())[: 1 - self.keep or None]:
            shutil.rmtree(old)

    def kept_versions(self, state: HostState) -> Iterator[RemoteManifest]:  # noqa: ARG002 - part of the protocol
        """The kept versions, the last published one first."""
        found = (self._kept(folder) for folder in sorted(self.kept.glob("*"), reverse=True))
        return (version for version in found if version)

    def _kept(self, folder: Path) -> RemoteManifest | None:
        with suppress(OSError, ValueError):
            return remote_manifest.load((folder / remote_manifest.NAME).read_bytes())
        return None

    def roll_back(self, state: HostState, to: RemoteManifest, others: Sequence[str]) -> None:
        """Swap the folder with a previous version."""
        with self._locked(state):
            shutil.rmtree(self.next, ignore_errors=True)
            (self.kept / _name(to)).rename(self.next)
            self._carry(self.folder, others)
            self._write_manifest(to)
            self._switch(state.manifest)

    @contextmanager
    def _locked(self, state: HostState) -> Iterator[None]:
        """Lock the folder, and check that it hasn't changed since it was inspected."""
        with _naming(self.folder):
            self._make_folder(self.folder.parent)
            handle = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
            try:
                self._lock(handle)
                finish_swap(self.next, self.folder, self.aside)
                now = self._look()
                if now.foreign or now.token != state.token:
                    raise MovedOnError
                yield
            finally:
                os.close(handle)

    def _lock(self, handle: int) -> None:
        """Lock the folder, waiting for another publisher, and say in the lock who has it."""
        until = time.monotonic() + _PATIENCE
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            if time.monotonic() > until:
                holder = os.pread(handle, _LONGEST_HOLDER, 0).decode("utf-8", "replace").strip()
                message = f"another publisher holds {self.lock}: {holder or 'it does not say who'}"
                raise HostError(message, "wait until it ends, or end it; then run this again")
            time.sleep(_PAUSE)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{holder_words()}\n".encode(), 0)


def _walk(folder: Path) -> Iterator[tuple[str, bool]]:
    """The paths of all files and links in a folder, each with whether all folders above it are open to everybody."""
    closed: set[str] = set()
    for above, folders, files in os.walk(folder):
        if str(Path(above).parent) in closed or Path(above).stat().st_mode & _ALL_ENTER != _ALL_ENTER:
            closed.add(above)
        links = [name for name in folders if Path(above, name).is_symlink()]
        for name in [*files, *links]:
            yield Path(above, name).relative_to(folder).as_posix(), above not in closed


def _found(file: Path, published: int, *, thorough: bool, open_to_all: bool) -> Found:
    stat = file.lstat()
    if not S_ISREG(stat.st_mode):
        return Found(stat.st_size, touched=True)
    readable = open_to_all and bool(stat.st_mode & _ALL_READ)
    if thorough or stat.st_mtime_ns > published:
        return Found(stat.st_size, "sha256", sha256(file.read_bytes()).hexdigest(), readable=readable)
    return Found(stat.st_size, readable=readable)


def _token(found: RemoteManifest) -> str:
    return f"{found.published}-{found.id}"


def _name(version: RemoteManifest | Past) -> str:
    return f"{version.published:012}-{version.id}"


@contextmanager
def _naming(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HostError(f"{error.filename or folder}: {error.strerror or error}") from error
