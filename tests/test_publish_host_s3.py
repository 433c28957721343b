"""Publishing to S3-compatible storage.

The server is moto's: a stand-in that speaks the protocol, conditions included. A server of ours stands
before it, which can fail, and another one shows the bucket to readers as a host of websites does.
"""

from __future__ import annotations

import http.client
import random
import socket
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from explainer.output.build_info import BuildInfo
from explainer.publish import host_s3, remote_manifest, s3_manifest
from explainer.publish.host import Work
from explainer.publish.plan import Plan, make_plan
from explainer.publish.remote_manifest import File
from tests.needs import need_program
from tests.publish_support import (
    Crawler,
    a_page,
    a_sheet,
    a_site,
    answer,
    codes,
    free_port,
    http_server,
    killed,
    need_moto,
    publish,
    running,
    sheet,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from tests.harness import SiteTest

    Fault = Callable[[BaseHTTPRequestHandler, bytes], bool]

_PASSED_ON = ("Content-Type", "Cache-Control", "ETag", "Last-Modified", "x-amz-error-code")


@dataclass
class Storage:
    """moto behind a door of ours: `fault` may answer in its place, and says whether it did."""

    site: SiteTest
    moto: str
    name: str
    website: str = ""
    fault: Fault = lambda *_: False
    asked: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.asked.append((request.command, request.path))
        content = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if self.fault(request, content):
            return
        status, headers, said = self.ask(request.command, request.path, content, dict(request.headers))
        answer(request, status, said, **{name.replace("-", "_"): headers[name] for name in _PASSED_ON if headers[name]})

    def ask(self, method: str, path: str, content: bytes = b"", headers: Any = None) -> tuple[int, Any, bytes]:
        link = http.client.HTTPConnection(urlsplit(self.moto).netloc, timeout=20)
        try:
            link.request(method, path, content or None, headers or {"Authorization": _SIGNED})
            found = link.getresponse()
            return found.status, found.headers, found.read()
        finally:
            link.close()

    def object(self, path: str) -> tuple[int, Any, bytes]:
        return self.ask("GET", f"/{self.name}/post/{path}")

    def as_website(self, request: BaseHTTPRequestHandler) -> None:
        """What readers get: index documents, and no dotfile."""
        path = unquote(urlsplit(request.path).path).lstrip("/")
        path = path + "index.html" if not path or path.endswith("/") else path
        status, headers, content = self.object(path)
        answer(
            request,
            status,
            content,
            Cache_Control=headers.get("Cache-Control", ""),
            Content_Type=headers["Content-Type"],
        )

    @property
    def paths(self) -> set[str]:
        content = self.ask("GET", f"/{self.name}?list-type=2&prefix=post/&max-keys=1000")[2].decode()
        return {one.split("</Key>")[0].removeprefix("post/") for one in content.split("<Key>")[1:]}

    @property
    def manifest(self) -> remote_manifest.RemoteManifest:
        return s3_manifest.unpacked(self.object(remote_manifest.NAME)[2], lambda path: self.object(path)[2])[0]


_SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = need_moto()(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


_numbers = iter(range(1000))


@pytest.fixture
def storage(site: SiteTest, moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    found = Storage(site, moto, f"bucket-{next(_numbers)}")
    found.ask("PUT", f"/{found.name}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    for name in ("AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(host_s3, "LEASE", 0.5)
    monkeypatch.setattr(host_s3, "FIRST_PAUSE", 0.01)
    with http_server(found.pass_on) as door, http_server(found.as_website) as website:
        target = (
            f"{{to: s3, bucket: {found.name}, prefix: post, endpoint: '{door}', verify: 5, verify_at: '{website}'}}"
        )
        a_site(site, targets=f"publish: {{store: {target}}}\n")
        assert site.build().exit == 0
        found.website = website
        yield found


def expected(site: SiteTest) -> set[str]:
    return {path for path in site.tree() if not path.startswith("_")}


def rebuild(site: SiteTest, words: str, letter: str) -> None:
    a_page(site, "page-1", words)
    a_sheet(site, letter)
    assert site.build().exit == 0


def test_a_bucket_gets_the_files_with_their_headers(site: SiteTest, storage: Storage) -> None:
    result = publish(site, "--format", "json")
    assert (result.exit, told(result)["verified"]["wrong"], told(result)["verified"]["warnings"]) == (0, [], [])
    assert storage.paths == expected(site) | {remote_manifest.NAME}
    for path, kind, cache in (
        ("index.html", "text/html; charset=utf-8", "public, max-age=0, must-revalidate"),
        ("feed.xml", "application/atom+xml; charset=utf-8", "public, max-age=0, must-revalidate"),
        ("explainers/page-1/picture.png", "image/png", "public, max-age=0, must-revalidate"),
        (sheet("a"), "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        (remote_manifest.NAME, "application/json", "no-store"),
    ):
        status, headers, _ = storage.object(path)
        assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, kind, cache)
    assert (storage.manifest.pending, set(storage.manifest.files)) == (None, expected(site))


def test_only_what_changed_travels_in_order(site: SiteTest, storage: Storage) -> None:
    publish(site)
    rebuild(site, "Other words.", "b")
    (site.root / "content/explainers/page-2/index.md").unlink()
    site.build()
    storage.asked.clear()
    assert publish(site, "--yes", "--max-deletes", "3").exit == 0
    sent = [path.partition("/post/")[2] for what, path in storage.asked if what == "PUT"]
    files = [path for path in sent if path != remote_manifest.NAME and not path.startswith("search/")]
    assert files[:2] == [sheet("b"), "explainers/page-1/picture.png"]
    assert set(files[-3:]) == {"feed.xml", "feed.json", "sitemap.xml"}
    assert not {"static/style.css", "explainers/page-0/index.html", "robots.txt"} & set(files)
    assert storage.paths == expected(site) | {remote_manifest.NAME, sheet("a")}
    what = [what for what, path in storage.asked if what == "POST" or path.endswith("sitemap.xml")]
    assert what[0] == "PUT"  # nothing is deleted before all is there
    storage.asked.clear()
    assert publish(site).exit == 0
    assert "PUT" not in {what for what, _ in storage.asked}


def test_a_bucket_that_is_not_ours(site: SiteTest, storage: Storage) -> None:
    storage.ask("PUT", f"/{storage.name}/post/theirs.html", b"x")
    assert codes(publish(site, "--format", "json")) == ["not-ours"]
    assert storage.paths == {"theirs.html"}


def test_a_bucket_keeps_no_earlier_version(site: SiteTest, storage: Storage) -> None:
    assert codes(publish(site, "--rollback", "--format", "json")) == ["no-earlier-version"]


def refuse(status: int, code: str, **headers: str) -> Fault:
    def fault(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        said = f"<Error><Code>{code}</Code><Message>hush-hush is no key</Message></Error>".encode()
        answer(request, status, said, Content_Type="application/xml", **headers)
        return True

    return fault


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "InvalidAccessKeyId"), (400, "ExpiredToken"), (403, "AccessDenied"), (404, "NoSuchBucket")],
)
def test_credentials_that_are_wrong_or_expired(status: int, code: str, site: SiteTest, storage: Storage) -> None:
    storage.fault = refuse(status, code)
    result = publish(site)
    assert result.exit == 3
    assert code in result.stderr
    assert "hint:" in result.stderr
    assert "hush-hush" not in result.stdout + result.stderr


def test_without_credentials_nobody_is_asked(site: SiteTest, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    result = publish(site)
    assert (result.exit, storage.asked) == (3, [])
    assert "no credentials" in result.stderr


def some_fail(times: int, status: int, **headers: str) -> Fault:
    """The first writes fail, several at once."""
    left = iter(range(times))

    def fault(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        if request.command == "PUT" and next(left, None) is not None:
            answer(request, status, b"<Error><Code>SlowDown</Code><Message>x</Message></Error>", **headers)
            return True
        return False

    return fault


@pytest.mark.parametrize(("status", "headers"), [(500, {}), (503, {}), (429, {"Retry_After": "0"})])
def test_what_passes_is_tried_again(status: int, headers: dict[str, str], site: SiteTest, storage: Storage) -> None:
    storage.fault = some_fail(3, status, **headers)
    assert publish(site).exit == 0
    assert set(storage.manifest.files) == expected(site)


def test_a_full_storage_leaves_whole_pages_and_the_next_run_goes_on(site: SiteTest, storage: Storage) -> None:
    publish(site)
    rebuild(site, "Other words.", "b")
    left = iter(range(6))

    def fault(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        if request.command == "PUT" and next(left, None) is None:
            answer(request, 507, b"<Error><Code>InsufficientStorage</Code><Message>No space left</Message></Error>")
            return True
        return False

    storage.fault = fault
    assert publish(site).exit == 3
    assert storage.manifest.pending is not None
    check_pages(site, storage)
    storage.fault = lambda *_: False
    storage.asked.clear()
    assert publish(site, "--yes").exit == 0
    assert set(storage.manifest.files) == expected(site)
    # What the first run had sent for certain isn't sent again.
    assert sheet("b") not in "".join(path for what, path in storage.asked if what == "PUT")


def check_pages(site: SiteTest, storage: Storage) -> None:
    """No page lacks what it shows."""
    reader = Crawler(storage.website, [path for path in expected(site) if path.endswith(".html")])
    for path in reader.paths:
        reader._look(path)
    assert reader.broken == []
    assert reader.pages


def cut(site: SiteTest, storage: Storage, seed: int, cuts: int) -> None:
    """The connection ends at random bytes of an answer, or before it, and stays dead for that run."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    publish(site)
    for number in range(cuts):
        rebuild(site, f"Words {number}.", "bcdef"[number % 5])
        left = iter(range(chance.randrange(1, 20)))

        def fault(request: BaseHTTPRequestHandler, sent: bytes, left: Iterator[int] = left) -> bool:
            if next(left, None) is not None:
                return False
            if chance.random() < 0.5:  # it did what it was asked, and nobody hears of it
                content = storage.ask(request.command, request.path, sent, dict(request.headers))[2]
                request.wfile.write(
                    (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + content)[: chance.randrange(60)]
                )
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return True

        storage.fault = fault if number % 2 == 0 else (lambda *_: False)
        assert publish(site, "--yes").exit in {0, 3}
        check_pages(site, storage)
    storage.fault = lambda *_: False
    assert publish(site, "--yes").exit == 0
    assert set(storage.manifest.files) == expected(site)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No long retries of the library's own: what is dead stays dead."""
    monkeypatch.setattr(host_s3, "RETRIES", {"max_retries": 0})


@pytest.mark.usefixtures("hasty")
def test_a_connection_that_is_cut(site: SiteTest, storage: Storage) -> None:
    cut(site, storage, seed=3, cuts=3)


@pytest.mark.torture
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("seed", range(10))
def test_a_connection_that_is_cut_often(seed: int, site: SiteTest, storage: Storage) -> None:
    cut(site, storage, seed=50 + seed, cuts=20)


def kill(site: SiteTest, storage: Storage, times: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    publish(site)
    pages = [path for path in expected(site) if path.endswith(".html")]
    with Crawler(storage.website, pages) as reader:
        reader.knows(site.out)
        for number in range(times):
            rebuild(site, f"Words of version {number}.", "bcdef"[number % 5])
            reader.knows(site.out)
            killed(site, chance.uniform(0.3, 1.6), "--yes")
        assert publish(site, "--yes").exit == 0
    assert reader.broken == []
    assert set(storage.manifest.files) == expected(site)


def test_a_publisher_that_is_killed(site: SiteTest, storage: Storage) -> None:
    kill(site, storage, times=2, seed=1)


@pytest.mark.torture
def test_a_publisher_that_is_killed_at_fifty_moments(site: SiteTest, storage: Storage) -> None:
    kill(site, storage, times=50, seed=2)


def test_of_two_publishers_one_gets_through(site: SiteTest, storage: Storage) -> None:
    publish(site)
    rebuild(site, "Ours.", "b")
    seen = iter(range(1))

    def fault(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        # Just before our first page is written, somebody else takes the bucket over.
        if request.command == "PUT" and request.path.endswith(".css") and next(seen, None) is not None:
            theirs = storage.manifest._replace(id="f" * 16, going="f" * 16, beat=99)
            storage.ask("PUT", f"/{storage.name}/post/{remote_manifest.NAME}", remote_manifest.dump(theirs))
        return False

    storage.fault = fault
    result = publish(site)
    assert result.exit == 3
    assert "somebody else has published" in result.stderr
    assert storage.manifest.going == "f" * 16
    assert b"First words" in storage.object("explainers/page-1/index.html")[2]
    # Nothing more is heard of them: the next run takes over, if git or the clock has nothing against it.
    storage.fault = lambda *_: False
    result = publish(site, "--yes", "--replace", "f" * 16)
    assert result.exit == 0
    assert set(storage.manifest.files) == expected(site)


def test_a_publisher_that_is_heard_of_is_waited_for(site: SiteTest, storage: Storage) -> None:
    publish(site)
    done = storage.manifest
    going = done._replace(id="f" * 16, pending=done.files, going="f" * 16)
    storage.ask("PUT", f"/{storage.name}/post/{remote_manifest.NAME}", remote_manifest.dump(going))
    looks = iter(range(100))

    def fault(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        if request.command == "GET" and request.path.endswith(remote_manifest.NAME):
            number = next(looks)
            now = going._replace(beat=number) if number < 15 else done
            storage.ask("PUT", f"/{storage.name}/post/{remote_manifest.NAME}", remote_manifest.dump(now))
        return False

    storage.fault = fault
    result = publish(site, "--format", "json")
    assert (result.exit, told(result)["outcome"]) == (0, "unchanged")
    assert next(looks) > 15


@pytest.mark.parametrize("ignored", ["If-None-Match", "If-Match"])
def test_storage_that_ignores_conditions_is_refused(ignored: str, storage: Storage) -> None:
    def deaf(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        del request.headers[ignored]
        return False

    storage.fault = deaf
    result = publish(storage.site, "--format", "json")
    assert result.exit == 3
    assert "ignores conditional writes" in told(result)["error"]
    assert storage.paths == set()
    storage.fault = lambda *_: False
    assert publish(storage.site).exit == 0


def test_a_bucket_that_moved_to_storage_that_ignores_conditions(site: SiteTest, storage: Storage) -> None:
    publish(site)
    before = storage.manifest
    rebuild(site, "Other words.", "b")

    def deaf(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        del request.headers["If-Match"]
        return False

    storage.fault = deaf
    result = publish(site)
    assert result.exit == 3
    assert "ignores conditional writes; nothing was published" in result.stderr
    assert storage.manifest == before
    assert b"First words" in storage.object("explainers/page-1/index.html")[2]


@pytest.mark.parametrize("deaf", [False, True])
def test_a_first_publication_that_stops_at_its_claim(
    deaf: bool, site: SiteTest, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a long manifest refers to is there before it: nothing of that may be taken for somebody else's."""
    monkeypatch.setattr(s3_manifest, "_LONG", 5)

    def fault(request: BaseHTTPRequestHandler, _: bytes) -> bool:
        if deaf:
            del request.headers["If-None-Match"]
        elif request.command == "PUT" and request.path.endswith(remote_manifest.NAME):
            answer(request, 403, b"<Error><Code>AccessDenied</Code><Message>x</Message></Error>")
            return True
        return False

    storage.fault = fault
    assert publish(site).exit == 3
    storage.fault = lambda *_: False
    assert publish(site).exit == 0
    (listed,) = storage.paths - expected(site) - {remote_manifest.NAME}
    assert listed.startswith(s3_manifest.FOLDER)


def test_what_was_lost_or_changed_in_a_bucket_is_mended(site: SiteTest, storage: Storage) -> None:
    publish(site)
    whole = storage.object("robots.txt")[2]
    storage.ask("DELETE", f"/{storage.name}/post/robots.txt")
    storage.ask("PUT", f"/{storage.name}/post/404.html", b"x" * len(storage.object("404.html")[2]))
    storage.ask("PUT", f"/{storage.name}/post/google123.html", b"mine")
    result = publish(site, "--format", "json")
    assert (result.exit, told(result)["outcome"], told(result)["plan"]["others"]) == (
        0,
        "published",
        ["google123.html"],
    )
    assert {one["path"] for one in told(result)["plan"]["actions"] if one["action"] != "keep"} == {
        "robots.txt",
        "404.html",
    }
    assert storage.object("robots.txt")[2] == whole
    assert storage.object("404.html")[2] == (site.out / "404.html").read_bytes()
    assert storage.object("google123.html")[2] == b"mine"
    assert told(publish(site, "--format", "json"))["outcome"] == "unchanged"


def test_entity_tags_that_are_no_digests_are_not_compared(
    site: SiteTest, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(site)
    inspect = host_s3.Bucket.inspect

    def opaque(self: host_s3.Bucket, build: str) -> Any:
        state = inspect(self, build)
        self.tags_are_md5 = False
        return state

    monkeypatch.setattr(host_s3.Bucket, "inspect", opaque)
    assert told(publish(site, "--format", "json"))["outcome"] == "unchanged"
    plan = told(publish(site, "--repair", "--dry-run", "--format", "json"))["plan"]
    assert plan["replace"] == len(expected(site))


def test_the_plan_shows_what_readers_of_a_bucket_will_see(site: SiteTest, storage: Storage) -> None:
    publish(site)
    rebuild(site, "Other words.", "b")
    found = told(publish(site, "--dry-run", "--format", "json"))["changes"]
    assert found["pages"] == {"new": [], "changed": ["page-1"], "gone": []}


def test_one_word_of_ten_thousand_pages_sends_little(site: SiteTest, storage: Storage) -> None:
    """The manifest has 20,000 files; what is sent of it is counted at the door."""
    files = {
        f"explainers/a-story-of-some-length-{number}/{name}": File(
            sha256(f"{number}{name}".encode()).hexdigest(), 50_000
        )
        for number in range(10_000)
        for name in ("index.html", "claims.json")
    }
    record = BuildInfo("http://post.example/", 10_000, 1)
    bucket, tree = bucket_of(site, storage), site.root.parent / "tree"
    sent = [0]

    def count(_: BaseHTTPRequestHandler, content: bytes) -> bool:
        sent[0] += len(content)
        return False

    storage.fault = count
    state = bucket.inspect("")
    new = remote_manifest.manifest_of(files, record, 1, None)
    bucket.publish(Work(tree, Plan((), {}), new, state))  # its files count as there
    for number in range(3):
        state = bucket.inspect("")
        assert state.manifest == new
        page = f"explainers/a-story-of-some-length-{number}/index.html"
        (tree / page).parent.mkdir(parents=True)
        (tree / page).write_bytes(b"x" * 50_000)
        files = {**files, page: File(sha256((tree / page).read_bytes()).hexdigest(), 50_000)}
        new = remote_manifest.manifest_of(files, record, number + 2, state.manifest)
        sent[0] = 0
        bucket.publish(Work(tree, make_plan(files, state.manifest, number + 2), new, state))
        assert 50_000 < sent[0] < 100_000
    assert storage.paths - {page for page in storage.paths if page.startswith("explainers/")} == {
        remote_manifest.NAME, bucket.list.name if bucket.list else "",
    }  # fmt: skip
    # Where much changes, there is a new list, and the old one goes.
    before = bucket.list
    state = bucket.inspect("")
    files = dict(list(files.items())[:10_000])
    new = remote_manifest.manifest_of(files, record, 9, state.manifest)
    bucket.publish(Work(tree, Plan((), {}), new, state))
    assert bucket.inspect("").manifest == new
    assert before
    assert bucket.list
    assert bucket.list.name in storage.paths
    assert before.name not in storage.paths


def bucket_of(site: SiteTest, storage: Storage) -> host_s3.Bucket:
    """The bucket without the command: its files would be too many to build."""
    from explainer.load import find_content, load_config  # noqa: PLC0415

    (target,) = load_config(site.root, find_content(site.root).value).value.library.config.publish
    return host_s3.Bucket(target, lambda _: None)


def test_a_real_storage_that_ignores_conditions_is_refused(
    site: SiteTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rclone serves a folder as storage, and answers 200 to every conditional write."""
    (tmp_path / "served/post").mkdir(parents=True)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    port = free_port()
    served = ("serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", "key-of-a-test,hush-hush")
    command = [need_program("rclone"), "--config", "", *served, str(tmp_path / "served")]
    with running(command, port, tmp_path / "log"):
        target = f"{{to: s3, bucket: post, endpoint: 'http://127.0.0.1:{port}', verify: 0}}"
        a_site(site, targets=f"publish: {{store: {target}}}\n")
        assert site.build().exit == 0
        result = publish(site)
    assert result.exit == 3
    assert "ignores conditional writes; nothing was published" in result.stderr
    assert [path for path in (tmp_path / "served/post").rglob("*") if path.is_file()] == []


def test_a_cache_with_old_pages_in_front_is_never_taken_for_readers(site: SiteTest, storage: Storage) -> None:
    """A proxy keeps the bodies that it has seen: running again is no proof, what readers get is."""
    kept: dict[str, tuple[int, bytes, str]] = {}
    stale = [True]

    def cached(request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path).lstrip("/")
        path = path + "index.html" if not path or path.endswith("/") else path
        if path not in kept or not stale[0]:
            status, headers, content = storage.object(path)
            kept[path] = (status, content, headers["Content-Type"])
        answer(request, kept[path][0], kept[path][1], Content_Type=kept[path][2])

    with http_server(cached) as proxy:
        text = (site.root / "content/site.yaml").read_text()
        site.write("content/site.yaml", text.replace(storage.website, proxy).replace("verify: 5", "verify: 1"))
        assert publish(site).exit == 0
        rebuild(site, "Other words.", "b")
        for _ in range(2):
            result = publish(site, "--yes", "--format", "json")
            assert (result.exit, told(result)["outcome"]) == (3, "failed")
            assert {one["path"] for one in told(result)["verified"]["wrong"]} >= {"explainers/page-1/index.html"}
        stale[0] = False
        result = publish(site, "--yes", "--format", "json")
        assert (result.exit, told(result)["outcome"], told(result)["verified"]["wrong"]) == (0, "unchanged", [])
