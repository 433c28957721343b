"""A rollback gives readers what they had before, on every kind of host that keeps versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.publish import verify
from tests.publish_desk import Desk, a_desk
from tests.publish_support import (
    answer,
    codes,
    http_server,
    publish,
    serve_folder,
    told,
)

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    import pytest

    from tests.harness import SiteTest


def test_a_withdrawn_build_stays_withdrawn(desk: Desk) -> None:
    desk.publish(1)
    desk.publish(2)
    assert told(desk.rollback())["outcome"] == "rolled-back"
    assert desk.reads == "1"
    # The next scheduled run brings the same build.
    again = desk.publish(2)
    assert (again.exit, codes(again), desk.reads) == (1, ["withdrawn"], "1")
    assert desk.publish(3).exit == 0
    # Readers had 1 before 3: never 2.
    assert (desk.rollback().exit, desk.reads) == (0, "1")
    assert codes(desk.rollback()) == ["no-earlier-version"]
    assert desk.reads == "1"
    host = told(desk.publish(2))["host"]
    assert (desk.publish(2, "--replace", host).exit, desk.reads) == (0, "2")
    assert (desk.rollback().exit, desk.reads) == (0, "1")


def test_twice_is_twice_and_the_list_says_it(desk: Desk) -> None:
    builds = [told(desk.publish(number))["build"] for number in (1, 2, 3)]
    assert [(one["build"], one["state"], one["why"], one["rollback"]) for one in desk.list()] == [
        (builds[2], "current", None, False), (builds[1], "kept", "replaced", True),
        (builds[0], "kept", "replaced", False),
    ]  # fmt: skip
    assert (desk.rollback().exit, desk.reads) == (0, "2")
    assert (desk.rollback().exit, desk.reads) == (0, "1")
    listed = desk.list()
    assert [(one["build"], one["why"]) for one in listed] == [
        (builds[0], None), (builds[1], "rolled-back"), (builds[2], "rolled-back"), (builds[1], "replaced"),
        (builds[0], "replaced"),
    ]  # fmt: skip
    assert not any(one["rollback"] for one in listed)
    text = publish(desk.site, "--list").stdout
    assert "rolled back from" in text
    assert builds[2] in text


def test_a_version_that_was_never_verified_is_not_offered(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "_PAUSE", 0.05)
    broken = False

    def respond(request: BaseHTTPRequestHandler) -> None:
        if broken:
            answer(request, 500)
        else:
            serve_folder(site.root.parent / "www")(request)

    with http_server(respond) as url:
        desk = Desk(site, "folder", f"to: folder, path: ../www, verify: 1, verify_at: '{url}'")
        for number in (1, 2, 3, 4):
            desk.build(number)
        assert (desk.publish(1).exit, desk.publish(2).exit) == (0, 0)
        broken = True
        assert (told(desk.publish(3))["restored"], desk.reads) == (True, "2")
        broken = False
        assert desk.publish(4).exit == 0
        assert [one["why"] for one in desk.list()] == [None, "replaced", "failed", "replaced", "replaced"]
        assert (desk.rollback().exit, desk.reads) == (0, "2")
        assert (desk.rollback().exit, desk.reads) == (0, "1")


def test_a_kept_version_that_was_changed_does_not_come_back_by_itself(desk: Desk) -> None:
    """A file that versions share is one file on the host: an edit by hand is in all of them."""
    desk.publish(1)
    first = desk.tree()["robots.txt"]
    host = told(desk.publish(2))["build"]
    desk.change("robots.txt", b"tampered")
    back = desk.rollback()
    if desk.kind == "pages":  # whose versions nobody can change
        assert (back.exit, desk.reads, desk.tree()["robots.txt"]) == (0, "1", first)
        return
    assert (back.exit, codes(back), desk.reads) == (1, ["damaged"], "2")
    assert "robots.txt: somebody changed it" in told(back)["refusals"][0]["message"]
    # As the hint says: the build of that version, or that version all the same.
    assert desk.publish(1, "--replace", host).exit == 0
    assert (desk.reads, desk.tree()["robots.txt"]) == ("1", first)
    desk.publish(2)
    desk.change("robots.txt", b"tampered")
    back = publish(desk.site, "--rollback", "--yes", "--replace", host)
    assert (back.exit, desk.reads) == (0, "1")


def test_what_somebody_committed_on_a_version_does_not_come_back_with_it(site: SiteTest) -> None:
    desk = a_desk("pages", site)
    desk.publish(1)
    desk.change("index.html", b"tampered")
    desk.publish(2)
    assert desk.rollback().exit == 0
    assert b"tampered" not in desk.tree()["index.html"]
