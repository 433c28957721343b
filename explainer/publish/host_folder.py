"""A folder of this machine: the new version is made beside it, and replaces it in one step."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from explainer.output.swap import finish_swap, swap_folders
from explainer.publish import remote_manifest
from explainer.publish.errors import HostError, MovedOnError
from explainer.publish.found_files import Found
from explainer.publish.host import HostState, Work, read_files, write_durably

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from explainer.model.declared import Target
    from explainer.publish.remote_manifest import Past, RemoteManifest

_OWN = ("content", "layouts", ".explainer", ".git", "site")
KEEP = 5


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

    def survey(self, state: HostState, *, thorough: bool) -> Mapping[str, Found]:
        """The files in the folder; those are read that were written after the manifest."""
        if state.manifest is None:
            return {}
        with _naming(self.folder):
            published = (self.folder / remote_manifest.NAME).stat().st_mtime_ns
            return {path: self._found(self.folder / path, published, thorough) for path in _walk(self.folder)}

    def _found(self, file: Path, published: int, thorough: bool) -> Found:  # noqa: FBT001 - passed on
        stat = file.lstat()
        if not S_ISREG(stat.st_mode):
            return Found(stat.st_size, touched=True)
        if thorough or stat.st_mtime_ns > published:
            return Found(stat.st_size, "sha256", sha256(file.read_bytes()).hexdigest())
        return Found(stat.st_size)

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
                self._carry(work.plan.others)
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
            if sha256(live.read_bytes()).hexdigest() == digest:
                os.link(live, target, follow_symlinks=False)
                return
        if source is None:
            with suppress(FileNotFoundError):  # somebody took it away; no page needs it
                shutil.copyfile(live, target)
            return
        write_durably(target, source.read_bytes())

    def _carry(self, others: Sequence[str]) -> None:
        """Take along what somebody else put into the present version."""
        for path in others:
            self._make_folder((self.next / path).parent)
            with suppress(FileNotFoundError, FileExistsError):
                os.link(self.folder / path, self.next / path, follow_symlinks=False)

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
        with suppress(OSError):  # what becomes of the old version is no reason to fail
            if before:
                self._keep(before)
            shutil.rmtree(self.next, ignore_errors=True)

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
            self._carry(others)
            self._write_manifest(to)
            self._switch(state.manifest)

    @contextmanager
    def _locked(self, state: HostState) -> Iterator[None]:
        """Lock the folder, and check that it hasn't changed since it was inspected."""
        with _naming(self.folder):
            self._make_folder(self.folder.parent)
            handle = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                finish_swap(self.next, self.folder, self.aside)
                now = self._look()
                if now.foreign or now.token != state.token:
                    raise MovedOnError
                yield
            finally:
                os.close(handle)


def _walk(folder: Path) -> Iterator[str]:
    """The paths of all files and links in a folder."""
    for above, folders, files in os.walk(folder):
        links = [name for name in folders if Path(above, name).is_symlink()]
        for name in [*files, *links]:
            yield Path(above, name).relative_to(folder).as_posix()


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
