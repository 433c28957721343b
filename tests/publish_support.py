"""Sites to publish, and real servers to publish them to: on loopback, on free ports, stopped by their id."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, unquote, urljoin, urlsplit

from tests.hard_site import png_of
from tests.needs import lacking, need_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.harness import Result, SiteTest

BASE = "http://post.example/"
_PATIENCE = 10  # seconds until a server must have come up


def a_site(site: SiteTest, pages: int = 3, *, targets: str = "", base: str = BASE) -> SiteTest:
    """A small site with a theme whose sheet is named by its content."""
    site.write("content/site.yaml", f"title: The Post\nbase_url: {base}\n{targets}cards: none\n")
    for number in range(pages):
        a_page(site, f"page-{number}", "First words.")
    a_sheet(site, "a")
    return site


def a_page(site: SiteTest, slug: str, words: str, more: str = "") -> None:
    """Write an explainer with a picture beside it."""
    site.write(f"content/explainers/{slug}/index.md", f"---\ntitle: About {slug}\ndate: 2024-01-01\n{more}---\n"
               f"{words}\n\n![A picture](picture.png)\n")  # fmt: skip
    site.write(f"content/explainers/{slug}/picture.png", png_of(f"picture of {slug} {words}".encode()))


def a_sheet(site: SiteTest, letter: str) -> None:
    """Give the site a style sheet whose name on the site follows from its content."""
    site.write("layouts/static/extra.css", _SHEET.format(letter * 3))
    link = """<link rel="stylesheet" href="{{ asset('extra.css') }}">"""
    site.write("layouts/base.html", f'{{% extends "default/base.html" %}}{{% block head %}}{link}{{% endblock %}}\n')


def sheet(letter: str) -> str:
    """Where that sheet is on the site."""
    return f"static/extra.{blake2b(_SHEET.format(letter * 3).encode(), digest_size=5).hexdigest()}.css"


_SHEET = "main {{ outline: 1px solid #{} }}\n"


def publish(site: SiteTest, *args: str) -> Result:
    """Run `explainer publish` on the site."""
    return site.run("publish", "--site", str(site.root), *args)


def told(result: Result) -> dict[str, Any]:
    """The one target of a report in JSON."""
    (one,) = json.loads(result.stdout)["targets"]
    found: dict[str, Any] = one
    return found


def codes(result: Result) -> list[str]:
    """The codes of the refusals of a report in JSON."""
    return [refusal["code"] for refusal in told(result)["refusals"]]


# --- Servers ---


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process and process.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}")


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server, until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(_PATIENCE)


@contextmanager
def nginx(folder: Path, root: Path) -> Iterator[str]:
    """nginx that serves a folder as the guide says; its address."""
    program = need_program("nginx")
    port = free_port()
    # As root nginx gives its workers to another user, who may not look into pytest's folders.
    user = "user root;\n" if os.getuid() == 0 else ""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nginx.conf"
    config.write_text(f"""{user}daemon off;
pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 128; }}
http {{
  types {{ text/html html; text/css css; application/json json; application/xml xml; image/png png; }}
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port}; server_name post.example; root {root};
    error_page 404 /404.html; gzip_static on;
    add_header Cache-Control "public, max-age=0, must-revalidate" always;
    location ~ "\\.[0-9a-f]{{8,}}\\.[^/]+$" {{ add_header Cache-Control "public, max-age=31536000, immutable"; }}
  }}
}}
""", encoding="utf-8")  # fmt: skip
    with running([program, "-c", str(config)], port, folder / "log"):
        yield f"http://127.0.0.1:{port}"


@dataclass
class SshHost:
    """An sshd of our own: `command` is the ssh that reaches it, `proxy_port` where a middleman may stand."""

    port: int
    folder: Path
    known: str

    def command(self, *options: str, port: int | None = None, known: str | None = None, key: str = "key") -> str:
        hosts = self.folder / f"known-{abs(hash((port, known)))}"
        hosts.write_text(f"[127.0.0.1]:{port or self.port} {known or self.known}\n")
        return " ".join([
            need_program("ssh"), "-F", "/dev/null", "-i", str(self.folder / key), f"-oPort={port or self.port}",
            f"-oUserKnownHostsFile={hosts}", "-oGlobalKnownHostsFile=/dev/null", "-oStrictHostKeyChecking=yes",
            "-oIdentitiesOnly=yes", "-oIdentityAgent=none", *options,
        ])  # fmt: skip


@contextmanager
def sshd(folder: Path) -> Iterator[SshHost]:
    """An sshd that lets in whoever has the key in its folder."""
    program, keygen = need_program("sshd"), need_program("ssh-keygen")
    need_program("rsync")
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    for name in ("host", "key", "stranger"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "key.pub", folder / "authorized")
    (folder / "authorized").chmod(0o600)
    port = free_port()
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nAuthorizedKeysFile {folder}/authorized\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
        # What a developer's shell does when it starts (`.bashrc`) would be done at each of many commands.
        f"MaxStartups 100\nLogLevel ERROR\nSetEnv HOME={folder}\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants its empty folder
    with running([program, "-D", "-e", "-f", str(folder / "config")], port, folder / "log"):
        yield SshHost(port, folder, (folder / "host.pub").read_text().strip())


@dataclass
class Middleman:
    """A TCP proxy that cuts the connection after so many bytes of either side, and counts them.

    After `swallow_after` bytes of the near side it takes nothing more from there.
    """

    target: int
    cut_after: int | None = None
    swallow_after: int | None = None
    port: int = field(default_factory=free_port)
    passed: int = 0
    _stop: bool = False
    _ends: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", self.port))
        self._server.settimeout(0.1)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()
        self._server.close()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()

    def _serve(self) -> None:
        while not self._stop:
            with suppress(TimeoutError):
                near, _ = self._server.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    near.close()
                    continue
                self._ends += [near, far]
                for pair in ((near, far), (far, near)):
                    thread = threading.Thread(target=self._pass, args=pair, daemon=True)
                    thread.start()
                    self._threads.append(thread)

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while content := one.recv(4096):
                left = None if self.cut_after is None else max(self.cut_after - self.passed, 0)
                if left is not None and left < len(content):
                    content = content[:left]
                self.passed += len(content)
                if self.swallow_after is not None and self.passed > self.swallow_after and one in self._ends[::2]:
                    while not self._stop:
                        time.sleep(0.05)
                    break
                other.sendall(content)
                if left is not None and left <= len(content) and self.passed >= (self.cut_after or 0):
                    break
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def http_server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server of ours; `answer` sees every request. Its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def _any(self) -> None:
            answer(self)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815 - the names that the class looks for

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Browsers and crawlers hang up as they like."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(request: BaseHTTPRequestHandler, status: int, content: bytes = b"", **headers: str) -> None:
    """Send an answer."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    with suppress(OSError):
        request.wfile.write(content)


def serve_folder(folder: Path) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with what stands in a folder, as hosts of static files do."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path).lstrip("/")
        file = folder / (path + "index.html" if not path or path.endswith("/") else path)
        if file.is_file() and not file.name.startswith("."):
            answer(request, 200, file.read_bytes(), Cache_Control="public, max-age=0")
        else:
            answer(request, 404)

    return respond


def each(*contexts: Any) -> ExitStack:
    """Several contexts as one."""
    stack = ExitStack()
    for one in contexts:
        stack.enter_context(one)
    return stack


def need_moto() -> Any:
    try:
        from moto.server import ThreadedMotoServer  # noqa: PLC0415
    except ImportError:
        return lacking("moto isn't installed")
    return ThreadedMotoServer


# --- Readers ---

_LINKED = re.compile(r'<(?:link rel="stylesheet"|img|script)[^>]* (?:href|src)="([^"]+)"')


class Crawler:
    """A reader who goes over the whole site again and again, from the first page on, until the block ends.

    A page is broken where something that it shows isn't there although the page itself is still the same.
    `versions` are the contents that pages may have, by path; `broken` says what was seen.
    """

    def __init__(self, address: str, paths: Iterable[str]) -> None:
        self.address, self.paths = address, list(paths)
        self.broken: list[str] = []
        self.versions: dict[str, set[bytes]] = {}
        self.pages = 0
        self._stop = threading.Event()

    def knows(self, tree: Path) -> None:
        """Take the pages of a build for whole ones."""
        for file in tree.rglob("*.html"):
            self.versions.setdefault(file.relative_to(tree).as_posix(), set()).add(file.read_bytes())

    def get(self, path: str) -> tuple[int, bytes]:
        return self.ask(path)[:2]

    def ask(self, path: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        host = urlsplit(self.address)
        link = http.client.HTTPConnection(host.netloc, timeout=20)
        try:
            link.request("GET", quote(path), headers={"Host": "post.example", "Connection": "close"})
            found = link.getresponse()
            return found.status, found.read(), found.headers
        finally:
            link.close()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._crawl, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _crawl(self) -> None:
        while not self._stop.is_set():
            for path in self.paths:
                try:
                    self._look(path)
                except (OSError, http.client.HTTPException) as error:
                    self.broken.append(f"{path}: {error!r}")

    def _look(self, path: str) -> None:
        status, content = self.get("/" + path.removesuffix("index.html"))
        if status == 404:
            return
        self.pages += 1
        if status != 200 or content not in self.versions.get(path, {content}):
            self.broken.append(f"{path}: {status}, {len(content)} bytes that no version has")
            return
        for linked in _LINKED.findall(content.decode()):
            target = urljoin("/" + path, linked)
            if self.get(target)[0] != 200 and self.get("/" + path.removesuffix("index.html")) == (200, content):
                self.broken.append(f"{path}: {target} isn't there")


def killed(site: SiteTest, after: float, *args: str, whole_group: bool = False) -> int:
    """Run `explainer publish` in a process of its own and kill it after so many seconds; its exit status."""
    command = [sys.executable, "-m", "explainer", "publish", "--site", str(site.root), *args]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    try:
        process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        if whole_group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
    return process.returncode


def published_tree(folder: Path) -> dict[str, bytes]:
    """What a folder on a host holds for readers."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }
