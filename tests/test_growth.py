"""Cost grows with the input: twice of anything costs no more than 2.6 times the work.

Work is counted in calls, and not in seconds, so that the count is the same on every machine.
"""

from __future__ import annotations

import cProfile
from typing import TYPE_CHECKING

import pytest

from explainer.engine.request import Request
from explainer.engine.run import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.harness import SiteTest

_FACTOR = 2.6
_HEAD = "---\ntitle: A page\ndate: 2024-01-01\n"
_CLAIM = '{{< claim id="c" sources="s0" >}}A claim.{{< /claim >}}\n'
_PEOPLE = "content/people.yaml"
_SOURCES = "content/sources/a.yaml"
_PAGE = "content/explainers/a.md"


def sources(count: int, via: Callable[[int], Iterable[int]] = lambda _: (), more: str = "") -> str:
    rows = []
    for number in range(count):
        behind = ", ".join(f"s{other}" for other in via(number) if other < count)
        rows.append(
            f"s{number}: {{type: account, title: Source {number}{f', via: [{behind}]' if behind else ''}{more}}}\n"
        )
    return "".join(rows)


def page(text: str, front: str = "") -> str:
    return f"{_HEAD}{front}---\n{text}"


def claims(count: int, arguments: str = 'sources="s0"', end: str = "\n\n") -> str:
    return "".join(
        f'{{{{< claim id="c{n}" {arguments.replace("#", str(n))} >}}}}Claim number {n}.{{{{< /claim >}}}}{end}'
        for n in range(count)
    )


def cited(count: int) -> str:
    return " ".join(f"s{number}" for number in range(count))


def each(count: int, text: str) -> str:
    return "".join(text.replace("#", str(number)) for number in range(count))


def pages(count: int, text: str, front: str = "") -> dict[str, str]:
    return {
        f"content/explainers/page-{n}.md": page(text.replace("#", str(n)), front.replace("#", str(n)))
        for n in range(count)
    }


# What grows: the files of a site, of this size.
SHAPES: dict[str, Callable[[int], dict[str, str]]] = {
    "a chain of sources": lambda n: {_SOURCES: sources(n + 40, lambda i: [i + 1]), _PAGE: page(_CLAIM)},
    "layers of sources": lambda n: {
        _SOURCES: sources(n + 40, lambda i: range(4 * (i // 4) + 4, 4 * (i // 4) + 8)),
        _PAGE: page(_CLAIM),
    },
    "many behind one": lambda n: {_SOURCES: sources(n, lambda i: range(1, n) if not i else ()), _PAGE: page(_CLAIM)},
    "one behind many": lambda n: {_SOURCES: sources(n, lambda i: [n - 1] if i < n - 1 else ()), _PAGE: page(f'{{{{< claim id="c" sources="{cited(n - 1)}" >}}}}A claim.{{{{< /claim >}}}}')},
    "sources of a claim": lambda n: {_SOURCES: sources(n), _PAGE: page(f'{{{{< claim id="c" sources="{cited(n)}" >}}}}A claim.{{{{< /claim >}}}}')},
    "disputes of a claim": lambda n: {_SOURCES: sources(n + 1), _PAGE: page(f'{{{{< claim id="c" disputes="{cited(n)}" sources="s{n}" >}}}}A claim.{{{{< /claim >}}}}')},
    "claims": lambda n: {_SOURCES: sources(1), _PAGE: page(claims(n))},
    "claims of one paragraph": lambda n: {_SOURCES: sources(1), _PAGE: page(claims(n, end="\n"))},
    "claims with a source each": lambda n: {_SOURCES: sources(n), _PAGE: page(claims(n, 'sources="s#"'))},
    "claims in the front matter": lambda n: {_SOURCES: sources(1), _PAGE: page(claims(n, ""), "claims:\n" + each(n, "  c#: {sources: [s0]}\n"))},
    "contradictions of one claim": lambda n: {_SOURCES: sources(1), _PAGE: page(claims(n), f"claims:\n  c0: {{contradicts: [{', '.join(f'c{i}' for i in range(1, n))}]}}\n")},
    "contradictions between pages": lambda n: {_SOURCES: sources(1), **pages(n, '{{< claim id="c" sources="s0" contradicts="page-0#c" >}}Claim #.{{< /claim >}}\n' if n else "")},
    "statements of a person": lambda n: {_SOURCES: sources(n, more=", party: p"), _PEOPLE: "p: {name: P}\n", _PAGE: page(claims(n, 'sources="s#" speaker="p"'))},
    "authors": lambda n: {_SOURCES: "", _PEOPLE: each(n, "p#: {name: Person #}\n"), _PAGE: page("Hi.\n", f"authors: [{', '.join(f'p{i}' for i in range(n))}]\n")},
    "notes": lambda n: {_SOURCES: "", _PAGE: page(each(n, "Text[^n#] more.\n\n") + each(n, "[^n#]: Note #.\n"))},
    "uses of one source": lambda n: {_SOURCES: sources(1), _PAGE: page(each(n, 'Text {{< source s0 at="p. #" >}}.\n\n'))},
    "pages": lambda n: {_SOURCES: sources(1), **pages(n, _CLAIM, "tags: [all, tag #]\n")},
    "tags of a page": lambda n: {_SOURCES: "", _PAGE: page("Hi.\n", f"tags: [{', '.join(f'tag {i}' for i in range(n))}]\n")},
    "redirects": lambda n: {_SOURCES: "", _PAGE: page("Hi.\n"), "content/site.yaml": "title: A\nbase_url: https://example.org/\nredirects:\n" + each(n, "  /old/#/: /explainers/a/\n")},
    "aliases": lambda n: {_SOURCES: "", _PAGE: page("Hi.\n", f"aliases: [{', '.join(f'/old/{i}/' for i in range(n))}]\n")},
    "corrections": lambda n: {_SOURCES: "", _PAGE: page("Hi.\n", "corrections:\n" + each(n, "  - {date: 2024-01-02, text: Mended #}\n"))},
    "related pages": lambda n: {_SOURCES: "", **pages(n, "Hi.\n", "related: [page-0]\n")},
    "versions that aren't there": lambda n: {_SOURCES: "", **pages(n, "Hi.\n", "translations: {es: pagex-0}\n")},
    "versions in one language": lambda n: {_SOURCES: "", **pages(n, "Hi.\n", "translations: {es: page-0}\n")},
    "headings": lambda n: {_SOURCES: "", _PAGE: page(each(n, "## The same\n\nText.\n\n"))},
    "rows of a table": lambda n: {_SOURCES: "", _PAGE: page("|a|b|\n|-|-|\n" + "|x|y|\n" * n)},
    "quotations in quotations": lambda n: {_SOURCES: "", _PAGE: page(">" * n + " a\n")},
    "links that lead nowhere": lambda n: {_SOURCES: "", **pages(n, "[a](/explainers/nope-#/) [b](gone-#.png) [c](pagex-#.md)\n")},
    "references that lead nowhere": lambda n: {_SOURCES: "", **pages(n, '{{< ref "pagex-##c" >}}\n')},
    "anchors that lead nowhere": lambda n: {_SOURCES: "", _PAGE: page(each(n, "[x](#sectoin-#)\n\n## Section #\n\n"))},
    "sources that aren't there": lambda n: {_SOURCES: sources(n), _PAGE: page(each(n, "{{< source sx# >}}\n\n"))},
    "sources behind that aren't there": lambda n: {_SOURCES: each(n, "s#: {type: account, title: T, via: [sx#]}\n"), _PAGE: page("Hi.\n")},
    "people who aren't there": lambda n: {_SOURCES: "", _PEOPLE: each(n, "p#: {name: P}\n"), _PAGE: page("Hi.\n", f"authors: [{', '.join(f'px{i}' for i in range(n))}]\n")},
    "claims without text": lambda n: {_SOURCES: sources(1), _PAGE: page(claims(n), "claims:\n" + each(n, "  cx#: {sources: [s0]}\n"))},
    "elements of a saved page in each other": lambda n: {_SOURCES: sources(1, more=", saved: a.html"), "content/sources/a.html": "<div>" * 4 * n + "a fact" + "</div>" * 4 * n, _PAGE: page('{{< source s0 quote="a fact" >}}\n')},
    "quotations that a saved copy doesn't have": lambda n: {_SOURCES: sources(1, more=", saved: a.txt"), "content/sources/a.txt": each(n, "Then word # was said in the house.\n"), _PAGE: page(each(n, '{{< source s0 quote="word # was never heard in a house" >}}\n\n'))},
    "elements of a saved page": lambda n: {_SOURCES: sources(1, more=", saved: a.html"), "content/sources/a.html": "<p>Some <b>words</b>.\n" * 4 * n + "a fact", _PAGE: page('{{< source s0 quote="a fact" >}}\n')},
}  # fmt: skip


def write(site: SiteTest, files: dict[str, str]) -> Request:
    """Write a site in place of another; what builds it."""
    for path in ("content/explainers", "content/sources"):
        for file in (site.root / path).glob("*"):
            file.unlink()
    for path, text in files.items():
        site.write(path, text.encode())
    return Request(site.root, site.out, jobs=1, clean=True)


def calls(request: Request) -> int:
    """Build a site, and count the calls that it takes."""
    profile = cProfile.Profile()
    profile.runcall(build, request)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_input_takes_twice_the_work(site: SiteTest, shape: str) -> None:
    files = SHAPES[shape]
    build(write(site, files(8)))  # what is made once in a process
    least, once, twice = (calls(write(site, files(size))) for size in (8, 56, 104))
    assert twice - least <= _FACTOR * (once - least), (least, once, twice)
