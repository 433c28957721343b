"""Fixed vocabularies: types of sources, terms of attribution, stances, levels."""

from __future__ import annotations

from typing import Literal

SourceType = Literal["public-record", "private-record", "statement", "interview", "observation", "account", "report"]
Attribution = Literal["on-record", "background", "deep-background"]
Knowledge = Literal["first-hand", "second-hand", "unknown"]
Stance = Literal["supports", "disputes", "context"]
Response = Literal["denies", "does-not-recall", "no-comment", "not-reached"]
ColorScheme = Literal["auto", "light", "dark"]
FeedText = Literal["summary", "whole"]
PageKind = Literal["explainer", "page"]
TargetKind = Literal["folder", "ssh", "s3", "pages"]
Level = Literal[
    "withdrawn", "disputes-only", "unsourced", "origin-unstated", "independent-named",
    "independent-unnamed", "single-named-direct", "single-named-indirect",
    "single-unnamed-direct", "single-unnamed-indirect",
]  # fmt: skip
NoteCode = Literal[
    "disputed", "does-not-recall", "no-comment", "not-reached", "steps", "others-unstated",
    "rests-on", "quotes-match", "some-withdrawn",
]  # fmt: skip
SOURCE_TYPES: tuple[SourceType, ...] = (
    "public-record", "private-record", "statement", "interview", "observation", "account", "report",
)  # fmt: skip
ATTRIBUTIONS: tuple[Attribution, ...] = ("on-record", "background", "deep-background")
KNOWLEDGE: tuple[Knowledge, ...] = ("first-hand", "second-hand", "unknown")
COLOR_SCHEMES: tuple[ColorScheme, ...] = ("auto", "light", "dark")
CARDS = ("explainers", "claims", "none")
PICTURE_FORMATS = ("avif", "webp", "original")
PICTURE_ARGUMENTS = {"figure": "src", "media": "image"}
"""The argument of each shortcode that is shown as a picture."""
FEED_TEXTS: tuple[FeedText, ...] = ("summary", "whole")
STANCES: tuple[Stance, ...] = ("supports", "disputes", "context")
RESPONSES: tuple[Response, ...] = ("denies", "does-not-recall", "no-comment", "not-reached")
POLICIES = (
    "principles", "corrections", "unnamed_sources", "verification", "feedback", "ownership", "masthead",
)  # fmt: skip


PICTURES = frozenset({".apng", ".avif", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
"""The endings of pictures."""

PUBLISHABLE = frozenset({
    # Pictures
    *PICTURES,
    # Sound, film, subtitles
    ".aac", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav",
    ".m4v", ".mov", ".mp4", ".ogv", ".webm", ".srt", ".vtt",
    # Documents
    ".docx", ".epub", ".odp", ".ods", ".odt", ".pdf", ".pptx", ".rtf", ".xlsx",
    # Data and plain text
    ".csv", ".geojson", ".ics", ".json", ".ndjson", ".parquet", ".tsv", ".txt",
    # Archives
    ".7z", ".bz2", ".gz", ".tar", ".tgz", ".xz", ".zip", ".zst",
})  # fmt: skip
"""The endings of the files that are published from `content/`: nothing that a browser runs."""


_NO_PICTURES = {
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".webm", ".ogv", ".avi", ".mkv"), "a film"),
    **dict.fromkeys((".mp3", ".m4a", ".aac", ".flac", ".oga", ".ogg", ".opus", ".wav"), "sound"),
    **dict.fromkeys((".pdf", ".doc", ".docx", ".odt", ".pptx"), "a document"),
    **dict.fromkeys(
        (".csv", ".tsv", ".json", ".geojson", ".ndjson", ".parquet", ".xlsx", ".ods"), "a table or other data"
    ),
    **dict.fromkeys((".7z", ".bz2", ".gz", ".tar", ".tgz", ".xz", ".zip", ".zst"), "an archive"),
    ".txt": "a text",
    ".md": "a page",
}


def instead_of_picture(target: str) -> str | None:
    """What an address leads to that is certainly no picture, by the ending of its path; None for any other."""
    path = target.partition("#")[0].partition("?")[0].lower()
    ending = path[path.rfind(".") :] if "." in path else ""
    other = "a file of another type" if ending in PUBLISHABLE - PICTURES else None
    return _NO_PICTURES.get(ending, other)


def is_publishable(file: str) -> bool:
    """Whether a file of `content/` may be published, by the ending of its name."""
    name = file.rpartition("/")[2].lower()
    return "." in name and f".{name.rpartition('.')[2]}" in PUBLISHABLE
