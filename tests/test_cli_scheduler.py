"""The options that ask for a cluster."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from explainer.engine import cluster

if TYPE_CHECKING:
    from tests.harness import SiteTest


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scheduler", "tcp://10.1.2.3:8786"], "whoever reaches it can read the site and run code: use tls://"),
        (["--scheduler", "host.example:8786"], "use tls://"),
        (["--scheduler", "tls://host.example:8786"], "give the folder with its certificates by --tls"),
        (["--scheduler", "tls://host.example:8786", "--tls", "."], "there is no file ca.pem in it"),
        (["--scheduler", "tcp://127.0.0.1:8786", "--tls", "."], "the address must begin with tls://"),
        (["--scheduler", "tcp://[::1]:8786", "--tls", "."], "the address must begin with tls://"),
        (["--scheduler", "tls://host.example"], "it must be `local`, or an address such as tls://host:8786"),
        (["--scheduler", "https://host.example:1"], "it must be `local`"),
        (["--scheduler", "nearby"], "it must be `local`"),
        (["--scheduler", "local", "--tls", "."], "leave --tls out"),
        (["--tls", "."], "--tls is for --scheduler"),
    ],
)
def test_which_clusters_may_be_asked(site: SiteTest, arguments: list[str], told: str) -> None:
    for command in ("build", "check"):
        done = site.run(command, "--site", str(site.root), *arguments)
        assert (done.exit, done.stdout) == (2, "")
        assert told in " ".join(done.stderr.split())
    assert not site.out.exists()


def test_a_cluster_has_no_jobs_of_this_machine(site: SiteTest) -> None:
    done = site.run("build", "--site", str(site.root), "--scheduler", "local", "--jobs", "2")
    assert done.exit == 2
    assert "give one of them" in done.stderr


def test_a_scheduler_that_is_not_there_ends_a_build_with_nothing_to_do_too(
    site: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_REACHED_WITHIN", 0.5)
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    assert site.build().exit == 0
    before = site.tree()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        done = site.run("build", "--site", str(site.root), "--scheduler", f"127.0.0.1:{free.getsockname()[1]}")
    assert done.exit == 3
    assert done.stderr.startswith("error: the scheduler tcp://127.0.0.1:")
    assert done.stderr.count("\n") == 1
    assert site.tree() == before


def test_where_a_site_is_built_is_no_part_of_it(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\nscheduler: local\n")
    assert site.build().codes == ["E120"]
