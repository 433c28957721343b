"""Trees on disk, as they are and as they should be, and builds that end at a chosen call to the system."""

from __future__ import annotations

import os
import signal
import stat
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from explainer.output import swap
from explainer.output.manifest import MARKER
from explainer.output.tree import OutputTree
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Files = dict[str, bytes]
# The key of the user who builds in tests.
KEY = bytes(range(32))
Tree = dict[str, tuple[int, bytes]]
FOLDER = 0o40755
FILE = 0o100644

# Every call that a build makes to change what is on the disk.
CALLS = ("open", "write", "unlink", "link", "mkdir", "rmdir", "rename", "chmod", "fchmod")
_TICK = 0.012  # seconds; more than what the clocks of file systems take for one moment


def build(out: Path, files: Files, *, keep: bool = False, aged: bool = False) -> bool:
    """Build a tree of these files; whether it was changed.

    With `keep`, what the last build left is kept without its content in hand; `aged`, nothing is as
    young as the list of what was built.
    """
    with OutputTree(out, key=KEY) as tree:
        known = tree.known
        same = {path for path, content in files.items() if path in known and known[path].digest == digest_of(content)}
        same = {path for path in same if keep and tree.reuse(path)}
        for path in files.keys() - same:
            tree.write(path, files[path])
        if aged:
            time.sleep(_TICK)
        return tree.commit()


def expected(files: Files) -> Tree:
    """The tree that a clean build of these files makes."""
    folders = {"/".join(path.split("/")[:n]) for path in files for n in range(path.count("/") + 1)} | {""}
    return {**dict.fromkeys(folders, (FOLDER, b"")), **{path: (FILE, content) for path, content in files.items()}}


def tree_of(root: Path) -> Tree:
    """Everything in a tree with kind, mode and content, but its marker; the root is the empty path."""
    found: Tree = {}
    for path in [root, *root.rglob("*")] if root.exists() else []:
        mode = path.lstat().st_mode
        name = path.relative_to(root).as_posix() if path != root else ""
        if name != MARKER:
            found[name] = (mode, path.read_bytes() if stat.S_ISREG(mode) else b"")
    return found


def stamps_of(root: Path) -> dict[str, tuple[int, ...]]:
    """What the system says of everything in a tree; the same as before if nothing was touched."""
    stats = {path.as_posix(): path.lstat() for path in [root, *root.rglob("*")]}
    return {
        path: (s.st_ino, s.st_mode, s.st_nlink, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for path, s in stats.items()
    }


def beside(out: Path) -> set[str]:
    """What stands beside an output."""
    return {path.name for path in out.parent.iterdir()}


# --- Builds that don't end well ---


def in_child(action: Callable[[], object]) -> int:
    """Run something in a process of its own; its exit status, negative for a signal."""
    with warnings.catch_warnings():
        # The child only does what single threads do.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        status = 70
        with suppress(BaseException):
            action()
            status = 0
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Countdown:
    """Do something in place of the Nth call to the system that changes the disk."""

    def __init__(self, count: int, then: Callable[[], None]) -> None:
        self.left = count
        self.then = then

    def __call__(self) -> bool:
        self.left -= 1
        if self.left == 0:
            self.then()
        return self.left == 0


def counted(countdown: Countdown) -> Iterator[tuple[object, str, Callable[..., object]]]:
    """What to put in place of each call, so that it counts: the module, the name, the function."""

    def wrap(call: Callable[..., object], *, write: bool) -> Callable[..., object]:
        def wrapped(*args: object, **kwargs: object) -> object:
            if write and countdown.left == 1:
                handle, content = args
                call(handle, bytes(content[: len(content) // 2]))  # type: ignore[index,arg-type]
            countdown()
            return call(*args, **kwargs)

        return wrapped

    for name in CALLS:
        yield os, name, wrap(getattr(os, name), write=name == "write")
    yield swap, "_swap_at_once", wrap(swap._swap_at_once, write=False)


def killed_at(count: int, action: Callable[[], object]) -> bool:
    """Run something that is killed in place of its Nth such call; whether it lived that long."""

    def run() -> None:
        for module, name, function in list(counted(Countdown(count, lambda: os.kill(os.getpid(), signal.SIGKILL)))):
            setattr(module, name, function)
        action()

    status = in_child(run)
    assert status in {0, -signal.SIGKILL}
    return status != 0
