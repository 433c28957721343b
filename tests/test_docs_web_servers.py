"""The configurations of the guide on web servers, run by the servers themselves."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from explainer.feeds.host_files import ASKED_FOR_AGAIN, EVERYWHERE, FRAMEABLE, KEPT_FOR_GOOD
from tests.harness import SiteTest
from tests.needs import need_program
from tests.publish_support import Crawler, a_page, a_site, free_port, publish, running, sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

GUIDE = (Path(__file__).parents[1] / "docs/publishing/web-servers.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def an_nginx(folder: Path, www: Path, port: int) -> AbstractContextManager[object]:
    program = need_program("nginx")
    user = "user root;\n" if os.getuid() == 0 else ""
    places = "".join(f"{name}_temp_path {folder}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    given = block("nginx").replace("/srv/www/post/current", str(www)).replace("listen 80", f"listen 127.0.0.1:{port}")
    config = folder / "nginx.conf"
    config.write_text(
        f"{user}daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\nhttp {{\n"
        f"include /etc/nginx/mime.types; access_log off; client_body_temp_path {folder}/body; {places}\n{given}}}\n"
    )
    return running([program, "-c", str(config)], port, folder / "log")


def an_apache(folder: Path, www: Path, port: int) -> AbstractContextManager[object]:
    program = need_program("apache2", "httpd")
    modules = Path("/usr/lib/apache2/modules")
    names = ("mpm_event", "authz_core", "headers", "dir", "mime", "alias")
    load = "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in names)
    given = block("apache").replace("/srv/www/post/current", str(www)).replace("/srv/www/post", str(www))
    (folder / "types").write_text("text/html html\ntext/css css\napplication/json json\nimage/png png\n")
    config = folder / "apache.conf"
    config.write_text(
        f"ServerRoot {folder}\nPidFile {folder}/pid\nListen 127.0.0.1:{port}\nServerName post.example\n{load}"
        f"TypesConfig {folder}/types\nErrorLog {folder}/error.log\nUser nobody\nGroup nogroup\n"
        f"{given.replace('*:80', f'127.0.0.1:{port}')}"
    )
    return running([program, "-DFOREGROUND", "-f", str(config)], port, folder / "log")


def a_caddy(folder: Path, www: Path, port: int) -> AbstractContextManager[object]:
    program = need_program("caddy")
    config = folder / "Caddyfile"
    given = block("caddyfile").replace("/srv/www/post/current", str(www))
    config.write_text(
        "{\n\tadmin off\n}\n" + given.replace("post.example {", f"http://post.example:{port} {{\n\tbind 127.0.0.1")
    )
    command = [program, "run", "--adapter", "caddyfile", "--config", str(config)]
    return running(command, port, folder / "log")


@pytest.fixture
def site() -> Iterator[SiteTest]:
    """A site that a server of another user can read: pytest closes its own folder to others, again whenever one begins."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield SiteTest(Path(folder) / "project")


@pytest.fixture(params=[an_nginx, an_apache, a_caddy])
def address(request: pytest.FixtureRequest, site: SiteTest, tmp_path: Path) -> Iterator[str]:
    base, port = site.root.parent, free_port()
    (tmp_path / "server").mkdir()
    with request.param(tmp_path / "server", base / "www", port):
        target = f"{{to: folder, path: ../www, verify: 30, verify_at: 'http://127.0.0.1:{port}'}}"
        a_site(site, targets=f"embeds: true\npublish: {{live: {target}}}\n")
        a_page(site, "embedded", '{{< claim id="x" >}}It was so{{< /claim >}}.')
        assert site.build().exit == 0
        yield f"http://127.0.0.1:{port}"


def test_the_server_serves_the_site_with_every_header(site: SiteTest, address: str) -> None:
    result = publish(site)
    assert (result.exit, "warning" in result.stdout + result.stderr) == (0, False), result.stdout + result.stderr
    reader = Crawler(address, [])
    for path, status, cache in (
        ("/", 200, ASKED_FOR_AGAIN),
        ("/explainers/page-1/", 200, ASKED_FOR_AGAIN),
        ("/explainers/embedded/claims/x/", 200, ASKED_FOR_AGAIN),
        ("/embed/embedded/x/", 200, ASKED_FOR_AGAIN),
        (f"/{sheet('a')}", 200, KEPT_FOR_GOOD),
        ("/nothing/", 404, ASKED_FOR_AGAIN),
        ("/nothing.0123456789.css", 404, ASKED_FOR_AGAIN),
    ):
        found, content, headers = reader.ask(path)
        assert (found, headers.get_all("Cache-Control")) == (status, [cache]), path
        wanted = FRAMEABLE if path.startswith("/embed/") else EVERYWHERE
        told = {name: headers.get_all(name) for name in EVERYWHERE if name in headers}
        assert told == {name: [one] for name, one in wanted.items()}, path
        if status == 404:
            assert content == (site.out / "404.html").read_bytes()
    assert reader.get("/.explainer-publish.json")[0] == 404
    for path, kind in (("/", "text/html"), (f"/{sheet('a')}", "text/css"), ("/feed.json", "application/json")):
        headers = reader.ask(path)[2]
        assert headers.get_content_type() == kind
        assert headers.get_content_charset() in {"utf-8", None}
