"""`site.yaml`, `people.yaml` and the files of `sources/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.load import find_content, load_config, load_library
from explainer.model.declared import Link
from explainer.model.settings import Publisher, Tips
from tests.load_support import library, told, visible, write

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
title: The Paper
base_url: https://example.org/news
description: All of it.
language: no
timezone: Europe/Berlin
publisher: {name: P, url: "https://p.example", logo: /logo.svg}
policies: {corrections: /corrections/, principles: "https://example.org/p"}
tips:
  text: Write to us.
  links:
    - {label: Mail, url: "mailto:tips@example.org"}
    - {label: 2, url: /contact/}
statuses: [true to life, off, 3]
redirects: {/old: /corrections/, /a/b.html: "https://x.example/"}
publish:
  live: {to: ssh, host: me@www.example.org, path: /srv/www/post, port: 2222, keep: 3, precompress: [gz, br]}
  near: {to: folder, path: ../www, private: x}
  bucket: {to: s3, bucket: post, prefix: a/b, endpoint: "http://s3.example", region: eu-1, verify: 0}
  pages: {to: pages, remote: "git@git.example:a/b.git", branch: pages, cname: post.example}
  private: x
private: SECRET
"""


def test_everything_that_a_site_may_say(tmp_path: Path) -> None:
    loaded = library(tmp_path, site=WHOLE)
    assert told(loaded.diagnostics) == []
    config = loaded.value.library.config
    assert (config.title, config.base_url, config.language, config.time_zone) == (
        "The Paper", "https://example.org/news/", "no", "Europe/Berlin",
    )  # fmt: skip
    assert config.publisher == Publisher("P", "https://p.example", "/logo.svg")
    assert [(p.key, p.target, p.span.line, p.span.col) for p in config.policies] == [
        ("corrections", "/corrections/", 7, 25), ("principles", "https://example.org/p", 7, 52),
    ]  # fmt: skip
    links = (Link("Mail", "mailto:tips@example.org"), Link("2", "/contact/"))
    assert config.tips == Tips("Write to us.", links)
    assert config.statuses == ("true to life", "off", "3")
    assert "SECRET" not in visible(loaded.value.texts[0]) + str(loaded.value.library)


def test_defaults(tmp_path: Path) -> None:
    config = library(tmp_path, site="title: T\nbase_url: HTTP://example.org//\npublisher: P\n").value.library.config
    assert (config.language, config.time_zone, config.statuses, config.publisher) == ("en", "UTC", None, Publisher("P"))
    assert config.base_url == "HTTP://example.org/"


@pytest.mark.parametrize(
    ("yaml", "place", "words"),
    [
        ("", "E121 1:1", "`site.yaml` has no `title`"),
        ("# a\ntitle: T\n", "E121 2:1", "no `base_url`"),
        ("title:\nbase_url: https://x.org\n", "E121 1:1", "`title` is empty"),
        ("title: ' '\nbase_url: https://x.org\n", "E121 1:1", "`title` is empty"),
        ("titel: T\n", "E120 1:1", "`titel`"),
        ("title: [T]\n", "E122 1:8", "`title` must be text or a number, not a list"),
        ("title: true\n", "E122 1:8", "not true without quotes"),
        ("description: 12\n", "E122 1:14", "not a number"),
        ("base_url: ftp://x.org\n", "E126 1:11", "address"),
        ("base_url: https://x.org/?a\n", "E126 1:11", "address"),
        ("base_url: https://me:pw@x.org/\n", "E126 1:11", "address"),
        ("base_url: example.org\n", "E126 1:11", "address"),
        ("language: e\n", "E123 1:11", "language"),
        ("time_zone: Europe/Berln\n", "E123 1:12", "time zone"),
        ("time_zone: localtime\n", "E123 1:12", "time zone"),
        ("time_zone: ../x\n", "E123 1:12", "time zone"),
        ("time_zone: UTC\ntimezone: UTC\n", "E112 2:1", "`time_zone` is given"),
        ("title: a\ntitle: b\n", "E112 2:1", "second time"),
        ("publisher: {url: 'https://x.org'}\n", "E121 1:12", "`publisher` has no `name`"),
        ("publisher: [a]\n", "E122 1:12", "mapping"),
        ("policies: {correction: /c/}\n", "E120 1:12", "`correction`"),
        ("policies: {corrections: 'javascript:x'}\n", "E126 1:25", "`corrections`"),
        ("policies: {corrections: //x.org}\n", "E126 1:25", "`corrections`"),
        ("tips: {links: []}\n", "E121 1:7", "`text`"),
        ("tips: {text: a, links: [{label: b}]}\n", "E121 1:25", "a link has no `url`"),
        ("tips: {text: a, links: [, ]}\n", "E110 1:25", "begin"),
        ("statuses: [a, ~]\n", "E122 1:15", "empty"),
        ("publish: here\n", "E122 1:10", "mapping"),
        ("publish: {a: {to: ssh, to: ssh}}\n", "E112 1:24", "second time"),
        ("publish: {a: {to: ftp}}\n", "E123 1:19", "kind of target"),
        ("publish: {a: {}}\n", "E121 1:14", "the target `a` has no `to`"),
        ("publish: {a: b}\n", "E122 1:14", "mapping"),
        ("publish: {a: {to: folder}}\n", "E121 1:14", "the target `a` has no `path`"),
        ("publish: {a: {to: folder, path: x, host: y}}\n", "E120 1:36", "`host`"),
        ("publish: {a: {to: folder, path: x, keep: 1}}\n", "E123 1:42", "`1`"),
        ("publish: {a: {to: folder, path: x, keep: few}}\n", "E122 1:42", "number"),
        ("publish: {a: {to: ssh, host: -oProxyCommand=x, path: /x}}\n", "E123 1:30", "a host"),
        ("publish: {a: {to: ssh, host: h, path: /x/../y}}\n", "E123 1:39", "folder on the host"),
        ("publish: {a: {to: ssh, host: h, path: '/x;y'}}\n", "E123 1:39", "folder on the host"),
        ("publish: {a: {to: pages, remote: 'ext::sh'}}\n", "E123 1:34", "git repository"),
        ("publish: {a: {to: s3, bucket: X}}\n", "E123 1:31", "bucket"),
        ("publish: {a: {to: s3, bucket: abc, endpoint: 'http://me:pw@x'}}\n", "E126 1:46", "server"),
        ("redirects: [a]\n", "E122 1:12", "mapping"),
        ("redirects: {old: /}\n", "E123 1:13", "path that can lead"),
        ("redirects: {/_headers: /}\n", "E123 1:13", "path that can lead"),
        ("redirects: {/../x: /}\n", "E123 1:13", "path that can lead"),
        ("redirects: {/a: /, /a: /}\n", "E112 1:20", "second time"),
        ("redirects: {/a: 'javascript:x'}\n", "E126 1:17", "`/a`"),
        ("- a\n", "E122 1:1", "key: value"),
    ],
)
def test_faults_of_the_site(yaml: str, place: str, words: str, tmp_path: Path) -> None:
    faults = library(tmp_path, site=yaml).diagnostics
    assert place in told(faults)
    assert any(words in fault.message for fault in faults if told([fault]) == [place])


def test_a_time_zone_misspelt_is_named(tmp_path: Path) -> None:
    (fault,) = library(tmp_path, site="title: T\nbase_url: https://x.org\ntime_zone: Europe/Berln\n").diagnostics
    assert fault.hints[0] == "did you mean `Europe/Berlin`?"


def test_people(tmp_path: Path) -> None:
    people = """\
    mar:
      name: M. R.
      role: Minister
      bio: Long.
      links: [{label: Site, url: "https://x.org"}]
      private: SECRET
    doj: {name: Department, kind: organization}
    """
    loaded = library(tmp_path, people=people)
    assert told(loaded.diagnostics) == []
    mar, doj = loaded.value.library.people.values()
    assert (mar.id, mar.name, mar.kind, mar.role, mar.links) == (
        "mar", "M. R.", "person", "Minister", (Link("Site", "https://x.org"),),
    )  # fmt: skip
    assert (doj.id, doj.kind, doj.span.line, doj.span.col) == ("doj", "organization", 7, 1)


def test_faults_of_people(tmp_path: Path) -> None:
    people = (
        "mar: {}\nA b: {name: x}\ndoj: {name: D, kind: organisation}\nx: y\nmar: {name: z}\n"
        "e:\nf: {name: F, email: SECRET}\n"
    )
    loaded = library(tmp_path, people=people)
    assert told(loaded.diagnostics) == [
        "E121 1:6", "E125 2:1", "E123 3:22", "E122 4:4", "E211 5:1", "E121 6:1", "E120 7:14",
    ]  # fmt: skip
    assert "did you mean `organization`?" in loaded.diagnostics[2].hints
    assert list(loaded.value.library.people) == ["mar", "doj", "e", "f"]
    assert "SECRET" not in visible(loaded.value.texts[1])
    assert loaded.value.complete


def test_sources_of_several_files(tmp_path: Path) -> None:
    a = "one: {type: report, title: A}\ntwo: {type: report, title: B}\none: {type: report, title: C}\n"
    b = "\n\n two: {type: report, title: D}\n three: {type: report, title: E}\n"
    loaded = library(tmp_path, a=a, b=b)
    assert {id_: s.title for id_, s in loaded.value.library.sources.items()} == {"one": "A", "two": "B", "three": "E"}
    same, other = loaded.diagnostics
    assert (told([same, other]), same.span.path) == (["E202 3:1", "E202 3:1"], "content/sources/a.yaml")
    assert other.hints == ("it is in content/sources/a.yaml:2:1 too",)


@pytest.mark.parametrize("text", ["a: b: c\n", "a: \x01\n"])
def test_a_file_that_cant_be_read_makes_the_library_incomplete(text: str, tmp_path: Path) -> None:
    loaded = library(tmp_path, a="ok: {type: report, title: A}\n", b=text)
    assert list(loaded.value.library.sources) == ["ok"]
    assert not loaded.value.complete


def test_a_byte_order_mark_before_yaml_is_passed_over(tmp_path: Path) -> None:
    assert told(library(tmp_path, site="\ufefftitle: T\nbase_url: https://x.org\n").diagnostics) == []


def test_without_a_site_there_are_placeholders(tmp_path: Path) -> None:
    content = find_content(write(tmp_path, {"people.yaml": "a: {name: A}\n"})).value
    loaded = load_library(tmp_path, content)
    assert (loaded.diagnostics, list(loaded.value.library.people), loaded.value.complete) == ((), ["a"], True)


def test_targets_and_redirects(tmp_path: Path) -> None:
    assert library(tmp_path, site=WHOLE).value.library.config.publish == ()
    config = load_config(tmp_path, find_content(tmp_path).value).value.library.config
    live, near, bucket, pages = config.publish
    assert (live.name, live.to, live.host, live.port, live.keep) == ("live", "ssh", "me@www.example.org", 2222, 3)
    assert (live.precompress, live.verify, near.path, bucket.verify) == (("gz", "br"), None, "../www", 0)
    assert (bucket.endpoint, bucket.prefix, pages.cname) == ("http://s3.example", "a/b", "post.example")
    assert [(one.path, one.target) for one in config.redirects] == [
        ("/old/", "/corrections/"), ("/a/b.html", "https://x.example/"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "target",
    [
        "{to: s3, bucket: abc, secret_access_key: HUSH}", "{to: s3, bucket: abc, Token: HUSH}",
        "{to: pages, remote: 'https://me:HUSH@git.example/a.git'}", "{to: pages, remote: 'https://HUSH@git.example/a'}",
        "{to: nothing, password: HUSH}", "{password: HUSH}", "{to: s3, bucket: abc, endpoint: 'http://me:HUSH@x'}",
    ],
)  # fmt: skip
def test_a_secret_in_a_target_is_a_fault_and_never_shown(target: str, tmp_path: Path) -> None:
    loaded = library(tmp_path, site=f"title: T\nbase_url: https://x.org\npublish:\n  a: {target}\n")
    assert loaded.diagnostics
    assert "HUSH" not in "".join(f"{fault.message}{fault.hints}" for fault in loaded.diagnostics)
    assert "HUSH" not in visible(loaded.value.texts[0])
