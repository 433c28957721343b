"""S3-compatible storage. It has no switch in one step: what a page needs is sent before it, deletions come last.

The manifest in the bucket is also the lock: a publisher first writes into it what is about to come, on condition
that it hasn't changed since it was read. Another one waits, and takes over if the first shows no sign of life.
"""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from explainer.feeds.host_files import cache_control, content_type
from explainer.publish import remote_manifest
from explainer.publish.errors import HostError, MovedOnError
from explainer.publish.found_files import Found
from explainer.publish.host import HostState, Work
from explainer.publish.plan import step_of
from explainer.publish.s3_manifest import FOLDER, FileList, list_for, packed, packed_list, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from explainer.model.settings import Target
    from explainer.publish.plan import Action
    from explainer.publish.remote_manifest import RemoteManifest

T = TypeVar("T")

LEASE = 60.0  # seconds without a heartbeat after which a publisher counts as gone
BEAT = 15.0  # seconds between heartbeats
AT_ONCE = 8
# What the library itself does about connections that fail.
RETRIES: Any = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
TRIES, FIRST_PAUSE = 5, 0.5  # for what the storage asks to be tried again; the pause doubles
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
         "AWS_CONTAINER_CREDENTIALS_FULL_URI")  # fmt: skip
_MD5 = re.compile(r"[0-9a-f]{32}")
_NO_TOKEN = f'"{"0" * 32}"'  # an entity tag that no manifest has
_PRIVATE = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Cache-Control": "no-store"}
_ANSWER = re.compile(r"<Code>([^<]+)</Code>\s*<Message>([^<]*)</Message>")
_AGAIN = re.compile(r"\b(?:429|503)\b|Too Many Requests|SlowDown", re.IGNORECASE)


class Bucket:
    """A bucket, or a prefix in one."""

    reads_headers, patience = False, 20

    def __init__(self, target: Target, notify: Callable[[str], None]) -> None:
        self.notify = notify
        self.place = f"s3://{target.bucket}/{target.prefix or ''}"
        self.store: Any = _store(target)
        self.tags_are_md5 = False
        self.list: FileList | None = None

    def inspect(self, build: str) -> HostState:
        """Read what is in the bucket; waits while another publication is running."""
        state = self._look()
        silent_since = time.monotonic()
        if state.manifest and state.manifest.pending is not None and state.manifest.going != build:
            begun = datetime.fromtimestamp(state.manifest.published, UTC).isoformat().replace("+00:00", "Z")
            self.notify(
                f"another publication to {self.place}, of build {state.manifest.going}, is under way since {begun}, or "
                f"broke off; waiting until it ends, or nothing is heard of it for {LEASE:.0f} seconds"
            )
        while state.manifest and state.manifest.pending is not None and state.manifest.going != build:
            if time.monotonic() - silent_since > LEASE:
                break
            time.sleep(min(1.0, LEASE / 10))
            now = self._look()
            if now.token != state.token:
                silent_since = time.monotonic()
            state = now
        return state

    def _look(self) -> HostState:
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        try:
            got = self._asked(lambda: obstore.get(self.store, remote_manifest.NAME))
        except FileNotFoundError:
            foreign = f"{self.place} isn't empty, and wasn't published by Explainer" if self._has_others() else ""
            return HostState(None, foreign=foreign)
        content, tag = bytes(got.bytes()), got.meta["e_tag"] or ""
        self.tags_are_md5 = tag.strip('"') == md5(content, usedforsecurity=False).hexdigest()
        try:
            manifest, self.list = unpacked(content, self._get)
            return HostState(manifest, tag)
        except (ValueError, FileNotFoundError):
            return HostState(None, foreign=f"the manifest in {self.place} can't be read")

    def _has_others(self) -> bool:
        """Whether there is anything but a list of files that a first publication left when it broke off."""
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        listing = obstore.list(self.store)
        return self._asked(lambda: any(not one["path"].startswith(f"{FOLDER}/") for some in listing for one in some))

    def survey(
        self,
        state: HostState,
        *,
        thorough: bool,
        version: RemoteManifest | None = None,  # noqa: ARG002 - as in `read`
    ) -> Mapping[str, Found]:
        """One listing of the bucket; where entity tags aren't digests, a thorough look takes no object for right."""
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        if state.manifest is None:
            return {}
        listed: list[Any] = self._asked(lambda: [one for some in obstore.list(self.store) for one in some])
        written = {one["path"]: one["last_modified"] for one in listed}
        published = written.get(remote_manifest.NAME)
        found = {}
        for one in listed:
            touched = published is not None and one["last_modified"] > published
            tag = (one["e_tag"] or "").strip('"')
            if self.tags_are_md5 and _MD5.fullmatch(tag):
                found[one["path"]] = Found(one["size"], "md5", tag, touched)
            else:
                found[one["path"]] = Found(one["size"], touched=touched or thorough)
        return found

    def read(self, state: HostState, paths: Collection[str], version: RemoteManifest | None = None) -> dict[str, bytes]:  # noqa: ARG002 - there is one version
        """Read objects, several at once."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            read = zip(paths, pool.map(self._read_one, paths), strict=True)
            return {path: content for path, content in read if content is not None}

    def _get(self, path: str) -> bytes:
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        return bytes(self._asked(lambda: obstore.get(self.store, path)).bytes())

    def _read_one(self, path: str) -> bytes | None:
        try:
            return self._get(path)
        except FileNotFoundError:
            return None

    def publish(self, work: Work) -> None:
        """Claim the bucket, send, delete, and write the manifest of what is there now."""
        before, new = work.state.manifest, work.new
        there, retired = (before.files, before.retired) if before else ({}, {})
        going = new._replace(files=there, retired=retired, pending=new.files, going=new.id)
        self._choose_list(new)
        claim = _Claim(self, going, work.state.token)
        claim.say()
        self._probe(going, before)
        steps = [list(step) for _, step in groupby(work.plan.sending, key=step_of)]
        for step in steps:
            self._send(step, work.tree, claim)
        gone = [action.path for action in work.plan.of("delete")]
        if gone:
            self._delete(gone)
        self._remove_lists()
        claim.write(new)

    def _choose_list(self, new: RemoteManifest) -> None:
        """Write the list of files that the manifest refers to, unless one is there that is close enough."""
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        chosen = list_for(new, self.list)
        if chosen and chosen != self.list:
            content = packed_list(chosen)
            self._asked(lambda: obstore.put(self.store, chosen.name, content, attributes=_PRIVATE))
        self.list = chosen

    def _remove_lists(self) -> None:
        """Remove the lists that nothing refers to any more; the manifest is ours now, so that nobody is about to."""
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        listed: list[Any] = self._asked(lambda: [one for some in obstore.list(self.store, FOLDER) for one in some])
        old = [one["path"] for one in listed if self.list is None or one["path"] != self.list.name]
        if old:
            self._asked(partial(obstore.delete, self.store, old))

    def _probe(self, going: RemoteManifest, before: RemoteManifest | None) -> None:
        """Refuse storage that ignores conditions: two publishers at once would mix their files for good."""
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        for token in (_NO_TOKEN,) if before else ("", _NO_TOKEN):
            try:
                accepted = self._put(going, token)
            except MovedOnError:
                continue
            if before:
                self._put(before, accepted)
            else:
                ours = [remote_manifest.NAME, *([self.list.name] if self.list else [])]
                self._asked(lambda: obstore.delete(self.store, ours))  # noqa: B023 - it ends here
            hint = "use storage that honours If-Match and If-None-Match of PUT, as Amazon S3, MinIO, Ceph and R2 do"
            raise HostError(f"{self.place} ignores conditional writes; nothing was published", hint)

    def _send(self, step: Sequence[Action], tree: Path, claim: _Claim) -> None:
        """Send the files of one step, with heartbeats."""
        pool = ThreadPoolExecutor(AT_ONCE)
        todo: dict[Future[None], str] = {pool.submit(self._send_one, tree, one.path): one.path for one in step}
        try:
            while todo:
                done, _ = wait(todo, timeout=BEAT, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()
                    claim.sent(todo.pop(one))
                claim.beat()
        finally:
            pool.shutdown(cancel_futures=True)
        claim.say()

    def _send_one(self, tree: Path, path: str) -> None:
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        content = (tree / path).read_bytes()
        headers = {"Content-Type": content_type(path), "Cache-Control": cache_control(path)}
        self._asked(lambda: obstore.put(self.store, path, content, attributes=headers))

    def _delete(self, paths: list[str]) -> None:
        import obstore  # noqa: PLC0415 - an extra, which only this needs

        # Pages first: what they show goes after them.
        for _, some in groupby(paths, key=lambda path: path.endswith(".html")):
            self._asked(partial(obstore.delete, self.store, list(some)))

    def write(self, manifest: RemoteManifest, token: str) -> str:
        """Write the manifest, if it is still the one with this token; the new one's token."""
        try:
            return self._put(manifest, token)
        except MovedOnError:
            # An answer that was lost on the way makes our own writing look like another's.
            now = self._look()
            if now.manifest == manifest:
                return now.token
            raise

    def _put(self, manifest: RemoteManifest, token: str) -> str:
        import obstore  # noqa: PLC0415 - an extra, which only this needs
        from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415 - as above

        mode: Any = {"e_tag": token} if token else "create"
        content = packed(manifest, self.list)
        try:
            done = self._asked(
                lambda: obstore.put(
                    self.store, remote_manifest.NAME, content, attributes=_PRIVATE, mode=mode, use_multipart=False
                ),
                AlreadyExistsError, PreconditionError,
            )  # fmt: skip
        except (AlreadyExistsError, PreconditionError) as error:
            raise MovedOnError from error
        return str(done["e_tag"])

    def _asked(self, what: Callable[[], T], *answers: type[Exception]) -> T:
        """Call the storage, retrying while it is busy; exceptions in `answers` are passed on, others are `HostError`s."""
        from obstore.exceptions import BaseError  # noqa: PLC0415 - an extra, which only this needs

        pause = FIRST_PAUSE
        for attempt in range(1, TRIES + 1):
            try:
                return what()
            except (BaseError, OSError) as error:
                if isinstance(error, (FileNotFoundError, *answers)):
                    raise
                said = str(error)
                if attempt == TRIES or not _AGAIN.search(said):
                    raise HostError(f"{self.place}: {_short(said)}", _hint(said)) from error
            time.sleep(pause)
            pause *= 2
        raise AssertionError


class _Claim:
    """The manifest during a publication: what was sent, and a heartbeat."""

    def __init__(self, bucket: Bucket, going: RemoteManifest, token: str) -> None:
        self.bucket, self.going, self.token = bucket, going, token
        self.files, self.coming = dict(going.files), going.pending or {}
        self.said = time.monotonic()

    def sent(self, path: str) -> None:
        """Record that a file was sent."""
        self.files[path] = self.coming[path]

    def beat(self) -> None:
        """Write a heartbeat, if it is time."""
        if time.monotonic() - self.said > BEAT:
            self.say()

    def say(self) -> None:
        """Write a heartbeat with the files sent so far."""
        self.going = self.going._replace(files=dict(self.files), beat=self.going.beat + 1)
        self.write(self.going)

    def write(self, manifest: RemoteManifest) -> None:
        """Write a manifest in place of the last one of this claim."""
        self.token = self.bucket.write(manifest, self.token)
        self.said = time.monotonic()


def _store(target: Target) -> Any:
    try:
        from obstore.store import S3Store  # noqa: PLC0415 - an extra, which only this needs
    except ImportError as error:
        raise HostError("s3 targets need the package obstore", "pip install 'newsexplainer[s3]'") from error
    if not any(os.environ.get(key) for key in _KEYS):
        hint = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or let CI's OpenID Connect set a role"
        raise HostError("there are no credentials for the storage in the environment", hint)
    endpoint: Any = {"endpoint": target.endpoint, "virtual_hosted_style_request": False} if target.endpoint else {}
    options: Any = {"connect_timeout": "15s", "timeout": "60s"}
    if (target.endpoint or "").lower().startswith("http://"):
        options["allow_http"] = True
    return S3Store(
        target.bucket, prefix=target.prefix, region=target.region or os.environ.get("AWS_REGION") or "us-east-1",
        client_options=options, retry_config=RETRIES, **endpoint,
    )  # fmt: skip


def _short(said: str) -> str:
    """What the storage says, or the first sentence of the library, without the debugging text behind it."""
    answered = _ANSWER.search(said)
    if answered:
        return f"{answered[2]} ({answered[1]})"
    line = said.partition("\n\n")[0].partition("Debug source:")[0]
    return " ".join(line.split())[:400]


_HINTS = {
    "NoSuchBucket": "is the bucket's name right, and the region?",
    "InvalidAccessKeyId": "are the credentials right, and not expired?",
    "SignatureDoesNotMatch": "are the credentials right?",
    "ExpiredToken": "the credentials have expired",
    "AccessDenied": "the credentials need to list the bucket, and to read, write and delete objects",
}


def _hint(said: str) -> str:
    return next((hint for sign, hint in _HINTS.items() if sign in said), "")
