"""The cluster that `--scheduler` asks for: which addresses may be used, and how."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from explainer.cli.options import needs_extra

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from explainer.engine.workers import Workers

LOCAL = "local"


def workers_for(options: dict[str, Any]) -> AbstractContextManager[Workers | None]:
    """The workers that a command's options ask for; None for the processes of this machine."""
    wanted: str | None = options.get("scheduler")
    tls: Path | None = options.get("tls")
    if wanted is None:
        if tls:
            raise click.UsageError("--tls is for --scheduler")
        return nullcontext()
    if options.get("jobs"):
        raise click.UsageError("--jobs is for this machine, and --scheduler for a cluster: give one of them")
    address = "" if wanted == LOCAL else _address(wanted, tls)
    with needs_extra("dask", "--scheduler", "distributed", "dask"):
        from explainer.engine import cluster
    if not address:
        if tls:
            raise click.UsageError("a local cluster makes its own certificates: leave --tls out")
        return cluster.of_this_machine()
    _check_certificates(address, tls, cluster.CERTIFICATES, loopback=cluster.is_loopback(address))
    return cluster.connected(address, tls)


def _address(wanted: str, tls: Path | None) -> str:
    """The address with its scheme."""
    address = wanted if "://" in wanted else f"{'tls' if tls else 'tcp'}://{wanted}"
    try:
        parts = urlsplit(address)
        complete = parts.scheme in {"tls", "tcp"} and parts.hostname and parts.port
    except ValueError:
        complete = False
    if not complete:
        raise click.UsageError(f"--scheduler {wanted}: it must be `local`, or an address such as tls://host:8786")
    return address


def _check_certificates(address: str, tls: Path | None, names: tuple[str, ...], *, loopback: bool) -> None:
    secure = address.startswith("tls:")
    if not secure and not loopback:
        raise click.UsageError(f"--scheduler {address}: whoever reaches it can read the site and run code: use tls://")
    if secure and tls is None:
        raise click.UsageError("--scheduler tls://...: give the folder with its certificates by --tls")
    if not secure and tls:
        raise click.UsageError("--tls: the address must begin with tls://")
    for name in names if tls else ():
        if tls and not (tls / name).is_file():
            raise click.UsageError(f"--tls {click.format_filename(tls)}: there is no file {name} in it")
