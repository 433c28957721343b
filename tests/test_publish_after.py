"""The newsroom's own program, which is told what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.publish_support import BASE, a_page, a_site, answer, http_server, publish, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler

    from tests.harness import SiteTest

BROKEN = [False]  # whether the server fails


@pytest.fixture
def site_with_hook(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SiteTest]:
    monkeypatch.setattr("explainer.publish.verify._PAUSE", 0.05)
    BROKEN[0] = False

    def respond(request: BaseHTTPRequestHandler) -> None:
        from tests.publish_support import serve_folder  # noqa: PLC0415

        if BROKEN[0]:
            answer(request, 500)
        else:
            serve_folder(site.root.parent / "www")(request)

    with http_server(respond) as url:
        target = f"{{to: folder, path: ../www, verify: 1, verify_at: '{url}', after: [./purge, --soft]}}"
        a_site(site, targets=f"publish: {{live: {target}}}\n")
        site.write("purge", '#!/bin/sh\necho "$1" >>told\ncat >>told\n')
        (site.root / "purge").chmod(0o755)
        assert site.build().exit == 0
        yield site


def heard(site: SiteTest) -> list[str]:
    """What the program was told since the last question."""
    file = site.root / "told"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def change(site: SiteTest, words: str) -> None:
    a_page(site, "page-1", words)
    assert site.build().exit == 0


def test_it_is_told_the_addresses_that_changed(site_with_hook: SiteTest) -> None:
    site = site_with_hook
    assert publish(site).exit == 0
    first = heard(site)
    assert first[0] == "--soft"
    assert {BASE, f"{BASE}explainers/page-0/", f"{BASE}404.html"} <= set(first)
    assert not any("_headers" in line for line in first)
    assert publish(site).exit == 0
    assert heard(site) == []
    change(site, "Other words.")
    assert publish(site).exit == 0
    lines = heard(site)
    assert f"{BASE}explainers/page-1/" in lines
    assert f"{BASE}explainers/page-0/" not in lines
    assert publish(site, "--rollback", "--yes").exit == 0
    assert f"{BASE}explainers/page-1/" in heard(site)


def test_it_is_not_told_what_readers_did_not_get(site_with_hook: SiteTest) -> None:
    site = site_with_hook
    assert publish(site).exit == 0
    heard(site)
    change(site, "Other words.")
    BROKEN[0] = True
    assert publish(site).exit == 3
    assert heard(site) == []
    BROKEN[0] = False
    assert publish(site).exit == 0
    assert f"{BASE}explainers/page-1/" in heard(site)


def test_what_it_failed_on_it_is_told_again(site_with_hook: SiteTest) -> None:
    site = site_with_hook
    good = (site.root / "purge").read_text()
    site.write("purge", "#!/bin/sh\necho the cache is closed >&2\nexit 5\n")
    result = publish(site, "--format", "json")
    assert (result.exit, told(result)["outcome"]) == (3, "failed")
    assert "the cache is closed" in told(result)["error"]
    assert told(result)["error"].startswith("readers have the build, but `after` failed")
    site.write("purge", good)
    result = publish(site, "--format", "json")
    assert (result.exit, told(result)["outcome"]) == (0, "unchanged")
    assert f"{BASE}explainers/page-1/" in heard(site)


def test_a_program_that_is_not_there(site_with_hook: SiteTest) -> None:
    (site_with_hook.root / "purge").unlink()
    result = publish(site_with_hook)
    assert result.exit == 3
    assert "purge isn't installed" in result.stderr
