"""Addresses of sources are checked against servers with faults, on loopback under names of their own."""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from explainer.archive import fetch
from explainer.archive.fetch import Fetcher, FetchError, Limits, public_addresses
from tests.needs import need_program
from tests.publish_support import answer, http_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler

    from tests.harness import SiteTest

    Answer = Callable[[BaseHTTPRequestHandler], None]

QUOTE = "I never had meetings with Russian operatives"
HTML = f"<!doctype html><title>T</title><p>He said: “{QUOTE}”, and left.</p>"


def page(html: str = HTML, kind: str = "text/html; charset=utf-8", charset: str = "utf-8") -> Answer:
    return lambda request: answer(request, 200, html.encode(charset), Content_Type=kind)


def status(number: int, **headers: str) -> Answer:
    return lambda request: answer(request, number, b"", **headers)


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    try:
        while True:
            request.wfile.write(b"x" * 100_000)
    except OSError:
        request.close_connection = True


def dripping(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    try:
        for _ in range(200):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass
    request.close_connection = True


def cut_short(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(HTML.encode())
    request.close_connection = True


def no_http(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    request.close_connection = True


def packed(content: bytes) -> Answer:
    """An answer that says that it is compressed, though nobody asked for that."""
    return lambda request: answer(request, 200, content, Content_Type="text/html", Content_Encoding="gzip")


def silent(request: BaseHTTPRequestHandler) -> None:
    time.sleep(4)
    request.close_connection = True


PORT = [0]
ROUTES: dict[str, Answer] = {
    "/fine": page(),
    "/text": page(f"{QUOTE}\n", "text/plain"),
    "/latin": page(HTML.replace("He said", "Él dijo").replace("“", '"').replace("”", '"'), "text/html; charset=iso-8859-1",
                   "latin-1"),
    "/wrong-charset": page(HTML, "text/html; charset=no-such-thing"),
    "/changed": page("<p>He said: “I had some meetings with Russian operatives”.</p>"),
    "/emptied": page("<p></p>"),
    "/picture": page("x", "image/png"),
    "/404": status(404),
    "/410": status(410),
    "/401": status(401),
    "/403": status(403),
    "/429": status(429, Retry_After="999"),
    "/500": status(500),
    "/temporary": lambda request: answer(request, 302, Location="/fine"),
    "/for-good": lambda request: answer(request, 301, Location=f"http://other.test:{PORT[0]}/fine"),
    "/to-private": status(302, Location="http://169.254.169.254/latest/meta-data/"),
    "/to-loopback": status(302, Location="http://localhost/"),
    "/to-file": status(302, Location="file:///etc/passwd"),
    "/loop": status(302, Location="/loop"),
    "/endless": endless,
    "/dripping": dripping,
    "/silent": silent,
    "/forbidden/x": page(),
    "/cut-short": cut_short,
    "/no-http": no_http,
    "/packed": packed(gzip.compress(HTML.encode())),
    "/packed-badly": packed(b"no gzip at all"),
    "/bomb": packed(gzip.compress(b"<p>" + bytes(30_000_000), 1)),
    "/nothing": page(""),
    "/download": page(HTML, "application/octet-stream"),
    "/nowhere": status(302, Location="http://["),
}  # fmt: skip
EXPECTED = {
    "/fine": "ok", "/text": "ok", "/latin": "ok", "/wrong-charset": "ok", "/changed": "quote-gone",
    "/emptied": "unread", "/picture": "unread", "/404": "gone", "/410": "gone", "/401": "refused", "/403": "refused",
    "/429": "refused", "/500": "unreachable", "/temporary": "ok", "/for-good": "moved", "/to-private": "refused",
    "/to-loopback": "refused", "/to-file": "refused", "/loop": "unreachable", "/endless": "unreachable",
    "/dripping": "unreachable", "/silent": "unreachable", "/forbidden/x": "refused",
    "/cut-short": "unreachable", "/no-http": "unreachable", "/packed": "ok", "/packed-badly": "unreachable",
    "/bomb": "unreachable", "/nothing": "unread", "/download": "unread", "/nowhere": "unreachable",
}  # fmt: skip


class Web:
    """A server of ours; `asked` are the paths that were asked for, `most` how many at once of one host."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now: dict[str, int] = {}
        self.most = 0
        self._lock = threading.Lock()

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        host = request.headers["Host"].partition(":")[0]
        with self._lock:
            self.asked.append(f"{host}{request.path}")
            # Those that are given up on are answered for a while longer.
            self.now[host] = self.now.get(host, 0) + (request.path not in {"/silent", "/dripping", "/endless"})
            self.most = max(self.most, self.now[host])
        try:
            if request.path == "/robots.txt":
                if host == "broken.test":
                    answer(request, 503)
                else:
                    answer(request, 200, b"User-agent: *\nDisallow: /forbidden/\n", Content_Type="text/plain")
            else:
                ROUTES.get(request.path, status(404))(request)
        finally:
            with self._lock:
                self.now[host] -= request.path not in {"/silent", "/dripping", "/endless"}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    found = Web()

    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host.endswith(".test") else list(public_addresses(host, port))

    with http_server(found.respond) as url:
        PORT[0] = int(url.rpartition(":")[2])
        monkeypatch.setattr(fetch, "LIMITS", Limits(step=10.0, whole=20.0, pause=0.0))
        monkeypatch.setattr(fetch, "MOST_BYTES", 3_000_000)
        monkeypatch.setattr(Fetcher, "__init__", _with(resolve))
        yield found


def _with(resolve: Callable[[str, int], list[str]]) -> Callable[..., None]:
    begin = Fetcher.__init__

    def init(self: Fetcher) -> None:
        begin(self, None, resolve)

    return init


def a_source(path: str, host: str = "news.test", more: str = "") -> str:
    return f"{{type: report, title: At {path}, url: 'http://{host}:{PORT[0]}{path}'{more}}}\n"


def a_page(site: SiteTest, slug: str, sources: list[str], more: str = "") -> None:
    edges = ", ".join(f'{{source: {one}, quote: "{QUOTE}"}}' for one in sources)
    site.write(f"content/explainers/{slug}.md", f"---\ntitle: T\ndate: 2024-01-01\n{more}claims: {{c: {{sources: [{edges}]}}}}\n---\n"
               '{{< claim id="c" >}}It was{{< /claim >}}.\n')  # fmt: skip


def checked(site: SiteTest, *args: str) -> tuple[int, dict[str, Any]]:
    result = site.run("sources", "check", *args, "--format", "json", "--site", str(site.root))
    return result.exit, {one["source"]: one for one in json.loads(result.stdout)["links"]}


def test_every_fault_is_told_for_what_it_is(site: SiteTest, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LIMITS", Limits(step=2.0, whole=3.0, pause=0.0))
    names = {f"s{number}": path for number, path in enumerate(ROUTES)}
    site.write("content/sources/all.yaml", "".join(f"{id_}: {a_source(path)}" for id_, path in names.items()))
    a_page(site, "one", list(names))
    exit_status, found = checked(site)
    assert {names[id_]: one["status"] for id_, one in found.items()} == EXPECTED
    assert exit_status == 1
    by_path = {names[id_]: one for id_, one in found.items()}
    assert by_path["/changed"]["missing"] == [QUOTE]
    assert "private network" in by_path["/to-private"]["detail"]
    assert "robots.txt" in by_path["/forbidden/x"]["detail"]
    assert "larger than 3 MB" in by_path["/endless"]["detail"]
    assert by_path["/for-good"]["leads_to"] == f"http://other.test:{PORT[0]}/fine"
    assert (web.most, web.asked.count("news.test/robots.txt")) == (1, 1)
    assert not any("forbidden" in one for one in web.asked)


def test_what_stands_is_no_failure_and_forms_for_people_and_machines(site: SiteTest, web: Web) -> None:
    site.write("content/sources/all.yaml", f"a: {a_source('/fine')}b: {a_source('/changed')}c: {a_source('/403')}")
    a_page(site, "one", ["a", "c"])
    assert checked(site)[0] == 0
    a_page(site, "two", ["b"])
    assert {id_: one["status"] for id_, one in checked(site, "a")[1].items()} == {"a": "ok"}
    text = site.run("sources", "check", "--site", str(site.root)).stdout
    assert f"  gone: {QUOTE}" in text
    assert "3 checked, 2 to look at" in text
    quiet = site.run("sources", "check", "--quiet", "--site", str(site.root)).stdout
    assert "/fine" not in quiet
    annotated = site.run("sources", "check", "--format", "github", "--site", str(site.root)).stdout
    assert "::error file=content/sources/all.yaml,line=2,col=1,title=quote-gone::b:" in annotated
    assert "::warning file=content/sources/all.yaml,line=3,col=1,title=refused::c:" in annotated
    assert site.run("sources", "check", "nothing", "--site", str(site.root)).exit == 2
    assert web.asked


def test_what_is_wrong_as_sarif(site: SiteTest, web: Web) -> None:
    site.write(
        "content/sources/a.yaml", f"fine: {a_source('/fine')}changed: {a_source('/changed')}away: {a_source('/403')}"
    )
    a_page(site, "a", ["fine", "changed", "away"])
    result = site.run("sources", "check", "--format", "sarif", "--site", str(site.root))
    (run,) = json.loads(result.stdout)["runs"]
    assert result.exit == 1
    assert {one["ruleId"] for one in run["results"]} <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    found = [
        (one["ruleId"], one["level"], one["locations"][0]["physicalLocation"]["region"]["startLine"])
        for one in run["results"]
    ]
    assert found == [("quote-gone", "error", 2), ("refused", "warning", 3)]
    assert QUOTE in run["results"][0]["message"]["text"]
    assert web.asked


def test_what_would_tell_on_us_is_never_fetched(site: SiteTest, web: Web) -> None:
    unnamed = "attribution: background, description: an official, why_unnamed: fear"
    site.write("content/sources/all.yaml", f"named: {a_source('/fine')}"
               f"secret: {{type: interview, {unnamed}, url: 'http://news.test:{PORT[0]}/secret'}}\n"
               f"same: {a_source('/secret', 'www.news.test')}"
               f"draft: {a_source('/draft')}unused: {a_source('/unused')}later: {a_source('/later')}")  # fmt: skip
    a_page(site, "one", ["named", "same"])
    site.write("content/explainers/two.md", '---\ntitle: T\ndate: 2024-01-01\nclaims: {c: {sources: [secret]}}\n---\n'
               '{{< claim id="c" >}}It was{{< /claim >}}.\n')  # fmt: skip
    a_page(site, "three", ["draft"], "draft: true\n")
    a_page(site, "four", ["later"], "publish_at: 2999-01-01\n")
    exit_status, found = checked(site)
    assert (exit_status, list(found)) == (0, ["named"])
    assert [one for one in web.asked if "robots" not in one] == ["news.test/fine"]


def test_a_host_whose_robots_file_fails_is_left_alone(site: SiteTest, web: Web) -> None:
    site.write("content/sources/all.yaml", f"a: {a_source('/fine', 'broken.test')}")
    a_page(site, "one", ["a"])
    assert checked(site)[1]["a"]["status"] == "refused"
    assert web.asked == ["broken.test/robots.txt"]


def test_a_run_that_was_stopped_is_gone_on_with(site: SiteTest, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write("content/sources/all.yaml", f"a: {a_source('/fine')}b: {a_source('/text', 'other.test')}")
    a_page(site, "one", ["a", "b"])
    with monkeypatch.context() as patch:
        patch.setattr("explainer.archive.links._State.forget", lambda _: None)
        assert checked(site, "a")[0] == 0  # as far as it came
    web.asked.clear()
    assert {one["status"] for one in checked(site)[1].values()} == {"ok"}
    assert not any(one.startswith("news.test") for one in web.asked)
    web.asked.clear()
    checked(site)
    assert "news.test/fine" in web.asked  # a run that ended is none to go on with


NOT_PUBLIC = [
    "10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1", "0.0.0.0", "100.64.0.1",  # noqa: S104
    "224.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.216.34", 80)), (0, 0, 0, "", (address, 80))]
    )
    for name in ("mixed.example", address):
        with pytest.raises(FetchError, match="private network"):
            public_addresses(name, 80)


def test_a_certificate_must_be_for_the_name(site: SiteTest, web: Web, tmp_path: Any) -> None:
    """The connection goes to an address, and TLS is for the name all the same."""
    import http.server  # noqa: PLC0415

    made = subprocess.run(
        [need_program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "key", "-out",
         tmp_path / "cert", "-days", "2", "-subj", "/CN=secure.test"], capture_output=True, check=False)  # fmt: skip
    assert made.returncode == 0
    names: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        port = server.server_address[1]
        site.write("content/sources/all.yaml", f"a: {{type: report, title: T, url: 'https://secure.test:{port}/'}}\n")
        a_page(site, "one", ["a"])
        found = checked(site)[1]["a"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert (found["status"], "certificate" in found["detail"]) == ("unreachable", True)
    assert set(names) == {"secure.test"}
    assert web.asked == []
