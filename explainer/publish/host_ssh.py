"""A server reached by ssh and rsync: releases beside each other, and a link `current` that is switched in one step.

<path>/current -> releases/<release>
<path>/releases/<release>/        a version; unchanged files are hard links to those of the version before
<path>/releases/<release>.json    its manifest
<path>/releases/<release>.live    readers have had it
<path>/incoming/<build>/          a version that is being sent; the next run goes on with it
"""

from __future__ import annotations

import gzip
import io
import os
import re
import shlex
import tarfile
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from explainer.publish import remote_manifest
from explainer.publish.errors import HostError, MovedOnError, redacted
from explainer.publish.found_files import Found
from explainer.publish.host import HostState, Work, holder_words, run_program

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path
    from subprocess import CompletedProcess

    from explainer.model.settings import Target
    from explainer.publish.remote_manifest import Past, RemoteManifest

KEEP = 5
_MOVED_ON = 76
_OPTIONS = (
    "-oBatchMode=yes", "-oConnectTimeout=15", "-oServerAliveInterval=10", "-oServerAliveCountMax=3",
    # One connection for all that follows; it ends by itself.
    "-oControlMaster=auto", "-oControlPersist=3",
)  # fmt: skip
_SOCKET = "s"
_SILENCE = 60  # seconds without a byte after which rsync gives up
# A way that is stuck in one direction alone looks alive to ssh and rsync: all together may take so many seconds, and
# longer by what there is to send, at so many bytes a second.
_PATIENCE, _SLOWEST = 180, 50_000
_LONGEST_SCRIPT = 600  # seconds
_FULL = ("no space left", "quota exceeded")

# Plain sh, read from standard input: whatever the login shell is. `$1` is the folder in all of them.
_LOOK = """
[ -e "$1" ] || { echo none; exit 0; }
cd "$1" || exit 1
if [ ! -f .explainer-host ]; then
  if [ -z "$(ls -A)" ]; then echo none; else echo foreign; fi
  exit 0
fi
current=; if [ -L current ]; then current=$(readlink current); current=${current##*/}; fi
echo "ours $current"
for live in releases/*.live; do if [ -f "$live" ]; then live=${live##*/}; echo "${live%.live}"; fi; done
echo
if [ -n "$current" ]; then cat "releases/$current.json"; fi
"""
# The files of a version with their stats, those that were written after it, folders that are closed to others than the
# owner and the group, and, if asked, digests.
_SURVEY = """
cd "$1/releases/$2"
LC_ALL=C
export LC_ALL
{
  find . ! -type d -exec ls -ldn {} +
  echo newer
  find . ! -type d -newer "../$2.json"
  echo closed
  find . -type d ! -perm -005
  echo digests
  if [ "$3" = all ]; then
    if command -v sha256sum >/dev/null; then find . -type f -exec sha256sum {} +
    else find . -type f -exec shasum -a 256 {} +; fi
  fi
} | gzip -c
"""
# Files that differ, to be compared before anything is sent; one that is missing is no failure.
_GET = """
cd "$1/releases/$2"
{ tar -cf - -T - 2>/dev/null || :; } <<'EXPLAINER_END' | gzip -c
{given}
EXPLAINER_END
"""
_READ = 'cat "$1/releases/$2.json"'
_PREPARE = """
mkdir -p "$1"
cd "$1"
if [ ! -f .explainer-host ]; then
  [ -z "$(ls -A)" ] || exit 76
  : >.explainer-host
fi
mkdir -p releases incoming
chmod 755 . releases incoming 2>/dev/null || :
# What an earlier publication left half sent takes up room that this one may need. One that still goes on writes, or
# gives up after a minute of silence.
for one in incoming/*; do
  if [ "$one" != "incoming/$2" ] && [ -d "$one" ] && [ -z "$(find "$one" -mmin -2 2>/dev/null | head -n 1)" ]; then
    rm -rf "$one"
  fi
done
mkdir -p "incoming/$2"
if [ -d .lock ]; then cat .lock/holder 2>/dev/null || ls -ld .lock; fi
"""
# What somebody else put into the present version comes along when it is left for another.
_TAKE_ALONG = """
cd "$1"
rsync -r --links --perms --ignore-existing --files-from=- --ignore-missing-args --link-dest="$PWD/releases/$3/" "releases/$3/" "releases/$2/" <<'EXPLAINER_END'
{given}
EXPLAINER_END
"""
_DISCARD = 'cd "$1"; rm -rf "incoming/$2"'
# Files that no page needs any more come over from the present version; partial files and empty folders go.
_CARRY = """
cd "$1"
rsync -r --links --perms --files-from=- --ignore-missing-args --link-dest="$PWD/releases/$3/" "releases/$3/" "incoming/$2/" <<'EXPLAINER_END'
{given}
EXPLAINER_END
"""
_SWITCH = """
cd "$1"; build=$2; expected=$3; release=$4; keep=$5; withdrawn=$6
tries=0
until mkdir .lock 2>/dev/null; do
  # Its holder died with its connection: what is done under the lock takes seconds.
  if [ -n "$(find .lock -prune -mmin +2 2>/dev/null)" ]; then rm -rf .lock; continue; fi
  tries=$((tries + 1)); if [ "$tries" -gt 150 ]; then
    echo "another publisher holds $1/.lock: $(cat .lock/holder 2>/dev/null || :); $(ls -ld .lock)" >&2; exit 1
  fi
  sleep 1
done
trap 'rm -rf .lock' EXIT
echo "$7" >.lock/holder
trap 'exit 1' HUP INT TERM
now=; if [ -L current ]; then now=$(readlink current); now=${now##*/}; fi
[ "$now" = "$expected" ] || exit 76
if [ -n "$build" ]; then
  find "incoming/$build" -name .explainer-partial -prune -exec rm -rf {} +
  find "incoming/$build" -depth -type d -empty -exec rmdir {} \\;
  rm -rf "releases/$release"
  mv "incoming/$build" "releases/$release"
fi
[ -d "releases/$release" ] || { echo "releases/$release isn't there any more" >&2; exit 1; }
cat >"releases/$release.new" <<'EXPLAINER_END'
{given}
EXPLAINER_END
mv "releases/$release.new" "releases/$release.json"
rm -rf current.new
ln -s "releases/$release" current.new
mv -T current.new current 2>/dev/null || mv -fh current.new current
set +e
# What somebody else put into the version from before while this one was made comes along, too.
if [ -n "$now" ] && [ "$now" != "$release" ]; then
  (cd "releases/$now" && find . ! -type d -newer "../$now.json") | while IFS= read -r one; do
    one=${one#./}
    if [ -e "releases/$release/$one" ] || grep -qF "\"$one\":[" "releases/$now.json"; then continue; fi
    mkdir -p "$(dirname "releases/$release/$one")"
    ln "releases/$now/$one" "releases/$release/$one" || cp -p "releases/$now/$one" "releases/$release/$one"
  done
fi
: >"releases/$release.live"
number=0
rm -f releases/*.new
for one in $withdrawn; do
  if [ "$one" != "$release" ]; then rm -rf "releases/$one.live" "releases/$one" "releases/$one.json"; fi
done
for one in $(ls releases | sed -n 's/\\.json$//p' | sort -r); do
  if [ -f "releases/$one.live" ]; then number=$((number + 1)); fi
  if [ "$one" != "$release" ]; then
    if [ ! -f "releases/$one.live" ] || [ "$number" -gt "$keep" ]; then
      rm -rf "releases/$one.live" "releases/$one" "releases/$one.json"
    fi
  fi
done
find incoming -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} +
exit 0
"""


class Ssh:
    """A folder on another machine."""

    rolls_back_at_once, reads_headers, patience = True, False, 20

    def __init__(self, target: Target, scratch: Path, notify: Callable[[str], None]) -> None:
        self.notify = notify
        self.host, self.path = target.host or "", (target.path or "").rstrip("/")
        self.keep = target.keep or KEEP
        self.place = f"{self.host}:{self.path}"
        port = (f"-oPort={target.port}",) if target.port else ()
        # As git has GIT_SSH_COMMAND: for keys and known hosts that ssh's own configuration doesn't name.
        self.ssh = [
            *shlex.split(os.environ.get("EXPLAINER_SSH") or "ssh"), *_OPTIONS, *port, f"-oControlPath={scratch}/{_SOCKET}",
        ]  # fmt: skip

    def inspect(self, build: str) -> HostState:  # noqa: ARG002 - whoever asks, the answer is the same
        """Read what is on the server."""
        head, _, content = self._run(_LOOK).stdout.partition(b"\n\n")
        first, *_ = head.decode("utf-8", "replace").split("\n")
        if first == "none":
            return HostState(None)
        if not first.startswith("ours"):
            return HostState(None, foreign=f"{self.place} isn't empty, and wasn't published by Explainer")
        release = first.removeprefix("ours").strip()
        if not release:
            return HostState(None)
        try:
            return HostState(remote_manifest.load(content), release)
        except ValueError:
            return HostState(None, foreign=f"{self.place} has a version whose manifest can't be read")

    def survey(self, state: HostState, *, thorough: bool, version: RemoteManifest | None = None) -> Mapping[str, Found]:
        """The files of the current release, or of a kept one."""
        if state.manifest is None:
            return {}
        release = _release(version) if version else state.token
        done = self._run(_SURVEY, release, "all" if thorough else "")
        return _found(gzip.decompress(done.stdout).decode("utf-8", "replace"))

    def read(self, state: HostState, paths: Collection[str], version: RemoteManifest | None = None) -> dict[str, bytes]:
        """Read files of the current release, or of a kept one, as one archive."""
        if not paths:
            return {}
        release = _release(version) if version else state.token
        packed = self._run(_GET, release, given="\n".join(f"./{path}" for path in paths)).stdout
        found = {}
        with suppress(tarfile.TarError, EOFError, OSError), tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for one in archive:
                content = archive.extractfile(one) if one.isreg() or one.islnk() else None
                if content:
                    found[one.name.removeprefix("./")] = content.read()
        return found

    def publish(self, work: Work) -> None:
        """Send the new version beside the current one; then switch."""
        new, before = work.new, work.state.token
        prepared = self._run(_PREPARE, new.id, also=(_MOVED_ON,))
        if prepared.returncode == _MOVED_ON:
            raise MovedOnError
        if prepared.stdout.strip():
            holder = redacted(prepared.stdout.decode("utf-8", "replace").strip())
            self.notify(f"{self.place} is locked by {holder}; a lock that is two minutes old is taken over")
        self._send(work.tree, new.id, before)
        along = [*new.retired, *work.plan.others]
        if along and before:
            self._run(_CARRY, new.id, before, given="\n".join(along))
        self._switch(new.id, before, new, " ".join(map(_release, new.withdrawn.values())))

    def _send(self, tree: Path, build: str, before: str) -> None:
        link = [f"--link-dest=../../releases/{before}/"] if before else []
        command = [
            "rsync", "--recursive", "--checksum", "--perms", "--chmod=D755,F644", "--delete", "--whole-file",
            "--partial-dir=.explainer-partial", f"--timeout={_SILENCE}", *link, "-e", shlex.join(self.ssh),
            f"{tree}/", f"{self.host}:{self.path}/incoming/{build}/",
        ]  # fmt: skip
        size = sum(file.stat().st_size for file in tree.rglob("*") if file.is_file())
        try:
            run_program(command, timeout=_PATIENCE + size / _SLOWEST)
        except HostError as error:
            if any(sign in str(error).lower() for sign in _FULL):
                # What was sent can't be gone on with, and the disk is full for everybody until it goes.
                with suppress(HostError):
                    self._run(_DISCARD, build)
            raise

    def _switch(self, build: str, before: str, to: RemoteManifest, withdrawn: str = "") -> None:
        words = (build, before, _release(to), str(self.keep), withdrawn, holder_words())
        done = self._run(_SWITCH, *words, given=remote_manifest.dump(to).decode(), also=(_MOVED_ON,))
        if done.returncode == _MOVED_ON:
            raise MovedOnError

    def kept_versions(self, state: HostState) -> Iterator[RemoteManifest]:
        """The releases that readers have had, the last published one first."""
        head = self._run(_LOOK).stdout.partition(b"\n\n")[0].decode("utf-8", "replace")
        for release in sorted(head.split("\n")[1:], reverse=True):
            if release == state.token:
                continue
            with suppress(ValueError, HostError):
                yield remote_manifest.load(self._run(_READ, release).stdout)

    def roll_back(self, state: HostState, to: RemoteManifest, others: Sequence[str]) -> None:
        """Switch to a previous release."""
        if others:
            self._run(_TAKE_ALONG, _release(to), state.token, given="\n".join(others))
        self._switch("", state.token, to)

    def _run(self, script: str, *words: str, given: str = "", also: tuple[int, ...] = ()) -> CompletedProcess[bytes]:
        """Run a script on the host, with the folder and these words for arguments; `given` is a text in it."""
        arguments = shlex.join([self.path, *words])
        # A function, so that nothing is run of a script that was cut off on the way.
        whole = f"main() {{\nset -eu\numask 022\nset -- {arguments}\n{script.replace('{given}', given)}\n}}\nmain\n"
        return run_program([*self.ssh, self.host, "sh", "-s"], given=whole.encode(), also=also, timeout=_LONGEST_SCRIPT)


def _found(listed: str) -> dict[str, Found]:
    """What `_SURVEY` says."""
    stats, newer, closed, digests = _SECTION.split(f"{listed}\n", maxsplit=3)
    touched = {line.removeprefix("./") for line in newer.splitlines()}
    shut = tuple(f"{line}/" for line in closed.splitlines())
    known = {match["path"]: match["digest"] for match in _DIGEST.finditer(digests)}
    found = {}
    for match in _STAT.finditer(stats):
        path, size = match["path"], int(match["size"])
        readable = match["others"] == "r" and not f"./{path}".startswith(shut)
        if path in known:
            found[path] = Found(size, "sha256", known[path], readable=readable)
        else:
            found[path] = Found(size, touched=path in touched or match["kind"] != "-", readable=readable)
    return found


_SECTION = re.compile(r"^(?:newer|closed|digests)\n", re.MULTILINE)
# Of `ls -ldn`: mode, links, user, group, size, three words of the time, name.
_STAT = re.compile(
    r"^(?P<kind>[-a-z])\S{6}(?P<others>.)\S* +\d+ +\d+ +\d+ +(?P<size>\d+) +\S+ +\S+ +\S+ \./(?P<path>.+?)(?: -> .*)?$",
    re.MULTILINE,
)
_DIGEST = re.compile(r"^(?P<digest>[0-9a-f]{64}) [ *]\./(?P<path>.+)$", re.MULTILINE)


def _release(version: RemoteManifest | Past) -> str:
    """A release's name; names sort by time."""
    return f"{datetime.fromtimestamp(version.published, UTC):%Y%m%dT%H%M%SZ}-{version.id}"
