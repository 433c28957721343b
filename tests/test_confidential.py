"""What isn't declared public comes out nowhere: not in a file, not in a diagnostic, not through a layout."""

from __future__ import annotations

import base64
import re
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness import SiteTest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

FORMATS = ("text", "json", "github", "sarif")
CANARY = "zq7canary"


class Canaries:
    """Makes tokens that must come out nowhere, each another one, and looks for them in all their disguises."""

    def __init__(self) -> None:
        self.numbers = count(100)
        self.made: list[str] = []

    def __call__(self, form: str = "{}") -> str:
        token = f"{CANARY}{next(self.numbers)}"
        self.made.append(token)
        return form.format(token)

    def found_in(self, data: bytes) -> list[str]:
        low = data.lower()
        return [token for token in self.made if any(form in low for form in disguises(token))]


def disguises(token: str) -> Iterator[bytes]:
    """A token as it is, and as base64 at each offset, percent signs, entities, and escapes hide it."""
    raw = token.encode()
    yield raw
    for pad in range(3):
        whole = base64.b64encode(b"x" * pad + raw)
        yield whole[4 : 4 + (len(raw) - 3) // 3 * 4].lower()
    yield quote(token, safe="").encode()
    yield "".join(f"%{byte:02x}" for byte in raw).encode()
    yield "".join(f"&#{byte};" for byte in raw).encode()
    yield "".join(f"&#x{byte:x};" for byte in raw).encode()
    yield "".join(f"\\u{byte:04x}" for byte in raw).encode()
    yield raw.hex().encode()
    yield token[::-1].encode()


def test_the_disguises_are_seen_through() -> None:
    canaries = Canaries()
    token = canaries()
    for text in (token.upper(), "".join(f"&#{ord(c)};" for c in token), "".join(f"\\u{ord(c):04x}" for c in token)):
        assert canaries.found_in(f"before {text} after".encode())
    for before in range(4):
        assert canaries.found_in(base64.b64encode(b"y" * before + token.encode() + b"z"))
    assert not canaries.found_in(b"nothing here")


def check_silent(site: SiteTest, canaries: Canaries, exit_: int = 0, formats: Sequence[str] = FORMATS) -> None:
    """Build with each format of diagnostics, and look through all that comes out."""
    for format_ in formats:
        result = site.build("--format", format_)
        assert result.exit == exit_, result.stdout + result.stderr
        assert not canaries.found_in((result.stdout + result.stderr).encode()), format_
    for file in site.root.rglob("*"):
        kept = file.is_relative_to(site.root / "content") or file.is_relative_to(site.root / "layouts")
        if not kept:
            found = canaries.found_in(file.as_posix().encode())
            found += canaries.found_in(file.read_bytes()) if file.is_file() else []
            if file.parent.name == ".explainer":
                found = sorted(set(found) - unpublished(site))
            assert not found, file


def unpublished(site: SiteTest) -> set[str]:
    """What the cache, which stays beside the content, may hold of it: pages that aren't out, names of saved copies."""
    tokens = re.compile(rf"{CANARY}\d+")
    found: set[str] = set()
    for page in (site.root / "content/explainers").glob("*.md"):
        if page.name.startswith(("draft-", "later-")):
            lines = page.read_text(encoding="utf-8").splitlines()
            found.update(tokens.findall(page.name + " ".join(line for line in lines if "private" not in line)))
    for registry in (site.root / "content/sources").glob("*.yaml"):
        lines = registry.read_text(encoding="utf-8").splitlines()
        found.update(tokens.findall(" ".join(line for line in lines if line.startswith("draft-only:"))))
        found.update(re.findall(rf"saved: \S*({CANARY}\d+)", " ".join(lines)))
    return found


# --- A site with something to hide in every place ------------------------------------------------


def unnamed(c: Canaries, attribution: str) -> str:
    """An unnamed source with a canary in every field that its terms keep from readers."""
    deep = attribution == "deep-background"
    words = [c() if deep else "public words" for _ in range(3)]
    return f"""{{
  type: interview, attribution: {attribution}, knowledge: first-hand, title: {c()}, publisher: {c()},
  authors: [{c()}, {c("A {}")}], date: 1987-06-05, accessed: 1986-05-04, url: "https://{c()}.example/{c()}",
  archive: "https://{c()}.example/", party: {c()}, language: de,
  description: {words[0]}, why_unnamed: {words[1]}, caveats: [{words[2]}],
  withdrawn: {{date: 2017-02-03, reason: {c()}}}, private: {c()}
}}"""


def hide(site: SiteTest, c: Canaries) -> None:
    """Write a site that hides a canary wherever one can be."""
    saved = c("{}.txt")
    site.write(f"content/explainers/main/{saved}", f"The words, and {c()}.")
    site.write(
        "content/site.yaml",
        f"""\
# {c()}
title: A site
base_url: https://example.org/
publisher: {{name: Us, private: {c()}}}
policies: {{corrections: /about/, private: {c()}}}
tips: {{text: Write., links: [{{label: L, url: /about/, private: {c()}}}], private: {c()}}}
publish: {{live: {{to: ssh, host: {c()}.example, path: /srv/{c()}, private: {c()}}}}}
private: {c()}
""",
    )
    site.write(
        "content/people.yaml",
        f"""\
ada: {{name: Ada, private: {c()}, links: [{{label: L, url: /about/, private: {c()}}}]}}
org: {{name: {c()}, kind: organization, bio: {c()}}}
{c("zz-{}")}: {{name: {c()}, role: {c()}, bio: {c()}, private: [{c()}, {{a: {c()}}}]}}
private: {c()}
""",
    )
    site.write(
        "content/sources/all.yaml",
        f"""\
background: {unnamed(c, "background")}
deep: {unnamed(c, "deep-background")}
of-org: {{type: interview, attribution: background, description: an official, why_unnamed: x, party: org}}
record: {{type: public-record, title: A record, saved: ../explainers/main/{saved}, private: {c()}}}
chain: {{type: report, title: A report, via: [deep, background]}}
draft-only: {{type: report, title: {c()}, publisher: {c()}}}
private: {c()}
""",
    )
    site.write(
        "content/sources/unused.yaml", f"unused:\n  type: report\n  title: {c()}\n  url: https://{c()}.example/\n"
    )
    claims = f"""claims:
  one: {{sources: [background, chain], disputes: deep, responses: {{of-org: no-comment}}, private: {c()}}}
image: {{src: shown.svg, alt: A picture, private: {c()}}}
corrections: [{{date: 2017-08-01, text: Was wrong., private: {c()}}}]"""
    site.write("content/explainers/main/index.md", page(c, "Main", claims) + body(c))
    site.write("content/explainers/main/shown.svg", "<svg/>")
    for name in (c("{}.jpg"), c(".{}"), c("more/{}.txt"), "index.html"):
        site.write(f"content/explainers/main/{name}", c())
    site.write("content/pages/about.md", page(c, "About", ""))
    for name, when in (("draft", "draft: true"), ("later", "publish_at: 2999-01-01")):
        local = f"sources: {{x: {{type: report, title: {c()}}}}}"
        more = f"{when}\nsummary: {c()}\nauthors: [{c('A {}')}]\ntags: [{c()}]\n{local}"
        text = f'{c()} {{{{< source draft-only x >}}}} {{{{< claim id="{c()}" sources="x" >}}}}{c()}{{{{< /claim >}}}}'
        site.write(f"content/explainers/{name}-{c()}.md", page(c, c(), more) + text)


def page(c: Canaries, title: str, more: str) -> str:
    return f"""\
---
# {c()}
title: {title}
date: 2017-07-21
private: {{note: {c()}, list: [{c()}]}}
{more}
---
"""


def body(c: Canaries) -> str:
    return f"""
<!-- {c()} -->
{{{{< claim id="one" >}}}}It was so{{{{< /claim >}}}}.
{{{{< claim id="two" sources="record" context="deep" >}}}}And so <!-- {c()} -->{{{{< /claim >}}}}.
He wrote {{{{< source record >}}}}"The words"{{{{< /source >}}}}.
{{{{< claim id="three" sources="of-org" disputes="chain" >}}}}And so{{{{< /claim >}}}}.
"""


def test_what_is_not_public_comes_out_nowhere(site: SiteTest) -> None:
    canaries = Canaries()
    hide(site, canaries)
    check_silent(site, canaries)
    assert (site.out / "explainers/main/shown.svg").is_file()
    assert "public words" in site.read("explainers/main/index.html")
    # Without the marker, which is never published, and typefaces: any number may stand in those.
    told = "".join(site.read(path) for path in site.tree() if not path.startswith("static/"))
    for hidden in ("1987", "1986", "xx-"):
        assert hidden not in told


DUMPS = """{% for thing in (page, site, notes, by_id, body, canonical, json_ld) %}{{ thing }}
{% for key in thing.__slots__|default(thing._fields|default([])) %}{{ key }}{% endfor %}{% endfor %}
{{ self }} {{ page.claims }} {{ page.sources }} {{ page.__doc__ }} {{ page.body }} {{ levels }}"""


def test_a_layout_that_dumps_all_it_is_given_tells_nothing(site: SiteTest) -> None:
    canaries = Canaries()
    hide(site, canaries)
    site.write("layouts/explainer.html", DUMPS)
    site.write("layouts/page.html", "{{ page }}{{ site }}")
    for name, thing in (("home", "entries"), ("claims", "latest"), ("source", "source"), ("person", "person")):
        site.write(f"layouts/{name}.html", f"{{{{ {thing} }}}}{{{{ site }}}}")
    check_silent(site, canaries)
    assert "PublicSource(" in site.read("explainers/main/index.html")


def test_faults_around_secrets_do_not_tell_them(site: SiteTest) -> None:
    canaries = Canaries()
    hide(site, canaries)
    site.write(
        "content/explainers/wrong.md", page(canaries, "Wrong", "dat: x") + "{{< source bakground >}}\n[a](/b/)\n"
    )
    check_silent(site, canaries, exit_=1)


# --- An unnamed source in any role ----------------------------------------------------------------

ROLES = ("sources", "disputes", "context", "response", "carrier", "behind", "speaker", "inline")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True),
    attribution=st.sampled_from(["background", "deep-background"]),
    party=st.booleans(),
)
def test_an_unnamed_source_stays_unnamed_in_any_role(
    tmp_path_factory: pytest.TempPathFactory, roles: list[str], attribution: str, party: bool
) -> None:
    site, c = SiteTest(tmp_path_factory.mktemp("site")), Canaries()
    write_roles(site, c, roles, attribution, own_party=party)
    check_silent(site, c, formats=["json"])
    people = site.out / "people"
    assert not people.exists() or [folder.name for folder in people.iterdir()] == ["ada"]


def write_roles(site: SiteTest, c: Canaries, roles: list[str], attribution: str, *, own_party: bool) -> None:
    """A site in which one claim has an unnamed source in each of the roles."""
    sources, claims, text = [], [], []
    for number, role in enumerate(roles):
        key = c() if own_party else "the-org"
        via = f", via: [s{number}-record]" if role == "carrier" else ""
        hidden = f"title: {c()}, publisher: {c()}, url: 'https://{c()}.example/', date: 1987-06-05"
        told = f"type: interview, attribution: {attribution}, description: someone, why_unnamed: x, party: {key}"
        sources += [
            f"s{number}: {{{told}, {hidden}{via}}}",
            f"s{number}-record: {{type: private-record, title: A record}}",
            f"s{number}-report: {{type: report, title: A report, via: [s{number}]}}",
        ]
        speaker = key if own_party else f"s{number}"
        fields = {
            "response": f"responses: {{s{number}: does-not-recall}}", "carrier": f"sources: [s{number}]",
            "behind": f"sources: [s{number}-report]", "speaker": f"speaker: {speaker}, sources: [s{number}]",
            "inline": "status: open",
        }  # fmt: skip
        claims.append(f"  c{number}: {{{fields.get(role, f'{role}: [s{number}]')}}}")
        cite = f"{{{{< source s{number} >}}}}" if role == "inline" else ""
        text.append(f'{{{{< claim id="c{number}" >}}}}Claim {number}{cite}{{{{< /claim >}}}}.')
    site.write("content/people.yaml", f"the-org: {{name: {c()}, kind: organization}}\nada: {{name: Ada}}\n")
    site.write("content/sources/a.yaml", "\n".join(sources))
    head = "---\ntitle: A\ndate: 2017-07-21\nauthors: [ada]\nclaims:\n"
    site.write("content/explainers/a.md", head + "\n".join(claims) + "\n---\n" + "\n".join(text) + "\n")
