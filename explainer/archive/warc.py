"""An answer of a server as evidence: its headers and bytes, in the format of web archives (WARC 1.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from explainer import __version__
from explainer.engine.request import now

if TYPE_CHECKING:
    from explainer.archive.fetch import Fetched


def warc_of(answer: Fetched, asked: str) -> bytes:
    """A WARC file with one answer, compressed; where a redirect led on from the address that was asked, it says so."""
    file = BytesIO()
    writer = WARCWriter(file, gzip=True, warc_version="1.1")
    day = datetime.fromtimestamp(now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = {"software": f"Explainer {__version__}", "format": "WARC File Format 1.1"}
    if asked != answer.url:
        about["description"] = f"redirected from {asked}"
    info = writer.create_warcinfo_record("", about)
    info.rec_headers.replace_header("WARC-Date", day)
    writer.write_record(info)
    status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    headers = StatusAndHeaders(status, list(answer.headers), protocol="HTTP/1.1")
    record = writer.create_warc_record(
        answer.url,
        "response",
        payload=BytesIO(answer.content),
        length=len(answer.content),  # without it the library leaves a temporary file open
        http_headers=headers,
        warc_headers_dict={"WARC-Date": day},
    )
    writer.write_record(record)
    return file.getvalue()
