"""Builds on a real cluster whose workers find neither the site nor the checkout."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import trustme
from distributed import Client

from tests.cluster_support import ROOT, RunningCluster, installed_copy, running_cluster
from tests.harness import SiteTest
from tests.output_support import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# The same command, which gives up sooner where a variable says so; processes named in a variable stop as it sends the first batch, and are killed
# as it sends the second: by then they have work.
COMMAND = """
import os, signal, sys
from explainer.cli.main import main
from explainer.engine import cluster
cluster.WITHOUT_WORKERS = float(os.environ.get("PATIENCE", 30))
pids, sent = [int(pid) for pid in os.environ.get("KILLED", "").split()], []
submit = cluster._ClusterExecutor.submit
def submit_and_kill(self, *args):
    sent.append(args)
    for pid in pids if len(sent) in (1, 2) else ():
        os.kill(pid, signal.SIGSTOP if len(sent) == 1 else signal.SIGKILL)
    return submit(self, *args)
cluster._ClusterExecutor.submit = submit_and_kill
main()
"""


# Without one a card is drawn.
PICTURE = 'image: {src: "https://example.com/a.jpg", alt: A}\n'


def explainer(*arguments: str, killed: Iterable[int] = (), patience: int = 30) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "KILLED": " ".join(map(str, killed)), "PATIENCE": str(patience)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteTest:
    site = SiteTest(tmp_path_factory.mktemp("cluster") / "site")
    site.write("content/site.yaml", "title: A site\nbase_url: https://example.org/\n")
    site.write("layouts/shortcodes/note.html", "<i>{{ inner }}</i>")
    site.write("content/sources/own.yaml", "speech: {type: statement, title: A speech, saved: speech.txt}\n")
    site.write("content/sources/speech.txt", "Then he said: I never had meetings.")
    for number in range(60):
        site.write(
            f"content/explainers/page-{number}.md",
            f"---\ntitle: Page {number}\ndate: 2017-01-01\n{PICTURE if number else ''}---\n{{{{< note >}}}}N{{{{< /note >}}}}\n\nHe said "
            '{{< source speech >}}"I never had meetings"{{< /source >}}.\n',
        )
    return site


@pytest.fixture(scope="module")
def cluster(site: SiteTest) -> Iterator[RunningCluster]:
    with running_cluster(site.root.parent / "cluster", site.root) as running:
        yield running


def with_certificates(folder: Path) -> tuple[Path, list[str]]:
    """A folder with certificates, and the options with which Dask takes them."""
    folder.mkdir()
    authority = trustme.CA()
    issued = authority.issue_cert("cluster.example")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    options = {"--tls-ca-file": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "key.pem"}
    return folder, [part for option, name in options.items() for part in (option, str(folder / name))]


def test_it_makes_the_same_bytes(site: SiteTest, cluster: RunningCluster) -> None:
    on_cluster = ("--site", str(site.root), "--scheduler", cluster.address, "--format", "json")
    done = explainer("build", *on_cluster)
    assert (done.returncode, done.stderr) == (0, ""), cluster.logs()
    local = site.build("--clean", "--out", str(site.root.parent / "local"))
    assert done.stdout == local.stdout
    assert tree_of(site.out) == tree_of(site.root.parent / "local")
    assert list(site.out.glob("explainers/page-0/card.*.png"))
    site.write("content/explainers/page-3.md", "---\ntitle: Another\ndate: 2017-01-01\n---\nText.\n")
    assert explainer("check", *on_cluster).stdout == site.told("check").stdout
    again = explainer("build", *on_cluster, "--format", "text", "--verbose")
    rebuilt = [line for line in again.stderr.splitlines() if line.startswith("explainers/page-") and "text" in line]
    assert len(rebuilt) == 2, again.stderr
    assert site.build("--out", str(site.root.parent / "local")).exit == 0
    assert tree_of(site.out) == tree_of(site.root.parent / "local")


def test_a_worker_that_is_killed_costs_a_repetition(site: SiteTest, cluster: RunningCluster) -> None:
    local = site.root.parent / "local"
    assert site.build("--clean", "--out", str(local)).exit == 0
    worker = cluster.workers[0]
    done = explainer("build", "--site", str(site.root), "--clean", "--scheduler", cluster.address, killed=[worker.pid])
    assert (done.returncode, worker.wait()) == (0, -signal.SIGKILL), done.stderr
    assert tree_of(site.out) == tree_of(local)


@pytest.mark.torture
def test_with_certificates_alone(site: SiteTest, tmp_path: Path) -> None:
    own, options = with_certificates(tmp_path / "own")
    others, _ = with_certificates(tmp_path / "others")
    with running_cluster(tmp_path / "cluster", site.root, options=options, protocol="tls") as cluster:
        assert cluster.address.startswith("tls://")
        arguments = ("check", "--site", str(site.root), "--scheduler")
        assert explainer(*arguments, cluster.address, "--tls", str(own)).returncode == 0, cluster.logs()
        for refused in ((cluster.address, "--tls", str(others)), (cluster.address.replace("tls:", "tcp:"),)):
            done = explainer(*arguments, *refused)
            assert done.returncode == 3
            assert "can't be reached" in done.stderr


@pytest.mark.torture
def test_an_interrupt_ends_it_and_what_waits(site: SiteTest, cluster: RunningCluster) -> None:
    arguments = ("build", "--site", str(site.root), "--clean", "--scheduler", cluster.address)
    worker = next(worker for worker in cluster.workers if worker.poll() is None)
    before = tree_of(site.out)
    command = [sys.executable, "-c", COMMAND.replace("else signal.SIGKILL", "else 0"), *arguments]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "KILLED": str(worker.pid)}) as build:
        with pytest.raises(subprocess.TimeoutExpired):
            build.wait(10)
        build.send_signal(signal.SIGINT)
        assert build.wait(20) == 130
    os.kill(worker.pid, signal.SIGCONT)
    assert tree_of(site.out) == before
    with Client(cluster.address, set_as_default=False) as client:
        assert not any(client.processing().values())


@pytest.mark.torture
def test_a_cluster_of_this_machine(site: SiteTest) -> None:
    done = explainer("build", "--site", str(site.root), "--clean", "--scheduler", "local", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    made = tree_of(site.out)
    assert site.build("--clean").exit == 0
    assert tree_of(site.out) == made


def test_without_any_worker_it_ends(site: SiteTest, cluster: RunningCluster) -> None:
    """Those that are there are killed while they work; then there are none from the start."""
    before = tree_of(site.out)
    for killed in ([worker.pid for worker in cluster.workers if worker.poll() is None], []):
        arguments = ("build", "--site", str(site.root), "--clean", "--scheduler", cluster.address)
        done = explainer(*arguments, killed=killed, patience=2)
        assert done.returncode == 3
        assert done.stderr == (
            f"error: the scheduler {cluster.address} has had no workers for 2 seconds, or can't be reached\n"
        )
    assert tree_of(site.out) == before


def test_a_worker_with_another_program_is_named(site: SiteTest, cluster: RunningCluster, tmp_path: Path) -> None:
    other = installed_copy(tmp_path)
    with (other / "explainer/__main__.py").open("a") as file:
        file.write("# another\n")
    cluster.start_worker(other)
    cluster.wait_for_workers(3)
    done = explainer("check", "--site", str(site.root), "--scheduler", cluster.address)
    assert done.returncode == 3
    assert done.stderr.startswith("error: versions differ: tcp://127.0.0.1:")
    assert done.stderr.count("distributed 20") == 2
