"""The documentation held against the code: whatever is there is documented, and nothing else.

Between `<!-- name: argument -->` and `<!-- end -->` stands what follows from the code alone;
`--snapshot-update` writes it anew. A code block `yaml file=PATH` is a file of the document's own
little site, a block `markdown example` a text of one of its pages; each site must build without a
fault. Every command in a block `console` must be one that there is.
"""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from explainer.cli.main import COMMANDS, main
from explainer.diagnostics import RULES
from explainer.load.schema import TABLES
from explainer.parse.arguments import CLAIM_ARGUMENTS, REF_ARGUMENTS, SOURCE_ARGUMENTS
from explainer.render.renderer import Renderer
from explainer.render.theme import Theme
from explainer.sourcing.rule import LEVELS
from tests.harness import CATALOGS
from tests.test_errors import FIXTURES, MARK, cases_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.harness import SiteTest

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
PAGES = [*(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"))]
PAGES += [ROOT / "CODE_OF_CONDUCT.md", ROOT / "examples" / "README.md", ROOT / "changelog.d" / "README.md"]
PAGES += sorted(ROOT.glob("docs/**/*.md"))
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GENERATED = re.compile(r"(<!-- (\w+): ([\w-]+) -->\n).*?(?=<!-- end -->)", re.DOTALL)
_ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?://|mailto:)([^()\s]+)\)")


def ids(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path) -> Iterator[tuple[str, str, str]]:
    """Language, the rest of the first line, and content of each code block."""
    return ((found[1], found[2].strip(), found[3]) for found in _BLOCK.finditer(text_of(path)))


def section(path: Path, heading: str) -> str:
    """What stands under a heading, down to the next one of its level."""
    level = len(heading.split(" ", 1)[0])
    form = rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)"
    found = re.search(form, text_of(path), re.MULTILINE | re.DOTALL)
    assert found, f"{ids(path)} has no heading `{heading}`"
    return found[1]


# --- What follows from the code ------------------------------------------------------------------


def keys_table(record: str) -> str:
    rows = [
        f"| `{field.name}`{' (needed)' if field.required else ''} | {_words(field.type.words)} | {field.meaning} |"
        for field in TABLES[record].fields
    ]
    return "\n".join(["", "| key | takes | meaning |", "|---|---|---|", *rows, "", ""])


def _words(words: str) -> str:
    return words[:1].upper() + words[1:]


def command_named(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command
    return command


def options_table(name: str) -> str:
    command = command_named(name)
    if isinstance(command, click.Group):
        tables = [f"\n`explainer {name} {one}`: {(command.commands[one].help or '').partition(chr(10))[0]}\n{options_of(command.commands[one])}"
                  for one in command.commands]  # fmt: skip
        return "".join(tables)
    return options_of(command)


def options_of(command: click.Command) -> str:
    rows = []
    for param in command.params:
        if isinstance(param, click.Option):
            takes = "" if param.is_flag else f" {param.make_metavar(click.Context(main))}"
            takes = takes.replace("|", "\\|").replace("DIRECTORY", "DIR")
            rows.append(f"| `{param.opts[0]}{takes}` | {re.sub('  +', ' ', param.help or '')} |")
    return "\n".join(["", "| option | meaning |", "|---|---|", *rows, "", ""]) if rows else "\n"


def told(code: str) -> str:
    """The first fault of a fixture with this code, as the command tells it."""
    rule = RULES[code]
    _, cases = cases_of((FIXTURES / f"{code}-{rule.name}.txt").read_text(encoding="utf-8"))
    lines = (FIXTURES / f"{code}-{rule.name}.txt").read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{MARK}{code} "))
    path = next((line[4:] for line in lines[at::-1] if line.startswith("=== ")), cases[0].parts[0].path)
    found = re.fullmatch(r"#! \w+ (?:([^ :]+):)?(\d+):(\d+)-(?:\d+:)?(\d+)(?: \[.*?\](?= ))? (.*)", lines[at])
    assert found, lines[at]
    path = found[1] or path.split(" (")[0]
    out = [f"{path}:{found[2]}:{found[3]}: {rule.severity} {code} {rule.name}: {found[5]}"]
    for hint in lines[at + 1 :]:
        if not hint.startswith(f"{MARK}  hint: "):
            break
        out.append(hint[len(MARK) :])
    return "\n".join(["", f"{rule.severity.capitalize()}. {rule.meaning}", "", "```text", *out, "```", "", ""])


def levels_table(_: str) -> str:
    rows = [f"| {row.number} | {row.when} | `{row.level}` | {row.words} | {row.label} |" for row in LEVELS]
    head = ["| # | when | level | at the claim | in full |", "|---|---|---|---|---|"]
    return "\n".join(["", *head, *rows, "", ""])


GENERATORS: dict[str, Callable[[str], str]] = {
    "keys": keys_table,
    "options": options_table,
    "told": told,
    "levels": levels_table,
}


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_what_follows_from_the_code(path: Path, request: pytest.FixtureRequest) -> None:
    text = path.read_text(encoding="utf-8")
    now = _GENERATED.sub(lambda found: found[1] + GENERATORS[found[2]](found[3]), text)
    if request.config.getoption("--snapshot-update"):
        path.write_text(now, encoding="utf-8")
        text_of.cache_clear()
    assert now.split("\n") == text_of(path).split("\n")


def generated(kind: str) -> list[str]:
    return [found[3] for path in PAGES for found in _GENERATED.finditer(text_of(path)) if found[2] == kind]


def test_every_record_is_documented_once() -> None:
    assert sorted(generated("keys")) == sorted(TABLES)


def test_every_code_is_documented_once() -> None:
    assert generated("told") == list(RULES)
    headings = re.findall(r"^### (.+)$", text_of(REFERENCE / "diagnostics.md"), re.MULTILINE)
    assert headings == [f"{rule.code} {rule.name}" for rule in RULES.values()]


@pytest.mark.parametrize("code", list(RULES))
def test_every_code_says_what_to_do(code: str) -> None:
    words = section(REFERENCE / "diagnostics.md", f"### {code} {RULES[code].name}").rpartition("<!-- end -->")[2]
    assert len(words.split()) > 4


# --- Commands ------------------------------------------------------------------------------------


def test_every_command_is_documented_once() -> None:
    headings = re.findall(r"^## explainer (\S+)", text_of(REFERENCE / "commands.md"), re.MULTILINE)
    assert sorted(headings) == sorted(COMMANDS)
    assert sorted(generated("options")) == sorted(COMMANDS)


def commands() -> Iterator[tuple[str, str]]:
    for path in PAGES:
        for language, _, content in blocks(path):
            if language == "console":
                for line in content.replace("\\\n", "").split("\n"):
                    found = re.match(r"\$ (?:\S*/)?(?:explainer|python3? build\.py|python3? -m explainer) (.*)", line)
                    if found:
                        yield ids(path), re.sub(r" \d?>>? ?\S+$", "", found[1])


@pytest.mark.parametrize(("page", "command"), list(commands()))
def test_every_command_that_is_shown_is_there(page: str, command: str) -> None:
    name, *arguments = shlex.split(command, comments=True)
    if name.startswith("-"):
        assert name in {option for param in main.get_params(click.Context(main)) for option in param.opts}, page
    else:
        command_named(name).make_context(name, arguments)


# --- Shortcodes ----------------------------------------------------------------------------------


def shortcode_arguments() -> dict[str, set[str]]:
    found = {
        "claim": set(CLAIM_ARGUMENTS),
        "source": set(SOURCE_ARGUMENTS),
        "ref": set(REF_ARGUMENTS),
    }
    for file in (ROOT / "layouts" / "shortcodes").glob("*.html"):
        found[file.stem] = set(re.findall(r"args\.(\w+)", file.read_text(encoding="utf-8")))
    return found


def test_every_shortcode_is_documented_once() -> None:
    headings = re.findall(r"^## (\S+)$", text_of(REFERENCE / "shortcodes.md"), re.MULTILINE)
    assert sorted(headings) == sorted(shortcode_arguments())


@pytest.mark.parametrize(("name", "arguments"), list(shortcode_arguments().items()), ids=list(shortcode_arguments()))
def test_every_argument_is_documented(name: str, arguments: set[str]) -> None:
    assert set(_ROW.findall(section(REFERENCE / "shortcodes.md", f"## {name}"))) == arguments


# --- Theming -------------------------------------------------------------------------------------

THEMING = ROOT / "docs" / "theming.md"


def contexts(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The names that each layout is given, in a site that has one of everything."""
    found: dict[str, set[str]] = {}
    plain = Renderer.plain

    def watched(self: Renderer, layout: str, **context: Any) -> str:
        found.setdefault(layout, set()).update(context)
        return plain(self, layout, **context)

    monkeypatch.setattr(Renderer, "plain", watched)
    monkeypatch.setattr("explainer.feeds.site_feeds.MOST_IN_SITEMAP", 5)
    lay_out(THEMING, site)
    assert site.build().exit == 0
    return found


def test_every_layout_and_its_context_is_documented(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = re.findall(r"^\| `([\w./]+)` \|[^|]*\|([^|]*)\|$", section(THEMING, "## The layouts"), re.MULTILINE)
    common = set(re.findall(r"`(\w+)`", section(THEMING, "### In every layout with a head")))
    documented = {name: set(re.findall(r"`(\w+)`", names)) for name, names in rows}
    given = contexts(site, monkeypatch)
    assert documented.keys() == given.keys() | {"base.html"}
    for name, names in given.items():
        assert documented[name] == names - (common if name.endswith(".html") else set()), name


def test_every_global_and_filter_is_documented() -> None:
    import jinja2  # noqa: PLC0415

    theme = Theme.of_site(ROOT)
    before = (set(jinja2.Environment().globals), set(jinja2.Environment().filters))  # noqa: S701 - renders nothing
    from explainer.model.site import SiteView  # noqa: PLC0415

    view = SiteView(
        "", None, "https://example.org/", "/", "en", "UTC", None, None, "auto", None, None, (), (), None, ()
    )
    env = Renderer(theme, view, CATALOGS).templates_in("en").env
    assert set(_ROW.findall(section(THEMING, "### Everywhere"))) == set(env.globals) - before[0]
    assert set(_ROW.findall(section(THEMING, "### Filters"))) == set(env.filters) - before[1]


# --- Outputs -------------------------------------------------------------------------------------

OUTPUTS = REFERENCE / "outputs.md"


def test_every_output_is_documented(site: SiteTest) -> None:
    lay_out(THEMING, site)
    assert site.build().exit == 0
    patterns = _ROW.findall(section(OUTPUTS, "## Paths"))
    forms = [re.compile(re.sub(r"<\w+>", r"[^/]+", re.escape(pattern)).replace(r"\*", ".*")) for pattern in patterns]
    paths = list(site.tree())
    for path in paths:
        assert any(form.fullmatch(path) for form in forms), path
    for form in forms:
        assert any(form.fullmatch(path) for path in paths), form.pattern


def test_every_field_of_claims_json_is_documented(site: SiteTest) -> None:
    lay_out(THEMING, site)
    assert site.build().exit == 0
    claims = site.claims("weir")
    parts = {"page": claims["page"], "claims": claims["claims"][0], "sources": claims["sources"][0]}
    parts |= {"sourcing": claims["claims"][0]["sourcing"], "edges": claims["claims"][0]["edges"][0]}
    for name, part in parts.items():
        assert set(_ROW.findall(section(OUTPUTS, f"### `{name}`"))) == set(part)


# --- Examples and links --------------------------------------------------------------------------


def lay_out(path: Path, site: SiteTest) -> int:
    """Write the files and examples of a document into a site; how many there are."""
    count = 0
    for _, info, content in blocks(path):
        if info.startswith("file="):
            site.write(info.removeprefix("file="), content.encode())
            count += 1
        elif info == "example":
            count += 1
            page = f"---\ntitle: Example {count}\ndate: 2024-01-01\n---\n{content}"
            site.write(f"content/explainers/example-{count}.md", page.encode())
    return count


WITH_EXAMPLES = [path for path in PAGES if any("=" in info or info == "example" for _, info, _ in blocks(path))]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=ids)
def test_examples_build_without_a_fault(path: Path, site: SiteTest) -> None:
    assert lay_out(path, site)
    result = site.build()
    assert result.exit == 0
    assert [found for found in result.diagnostics if found.code != "W253"] == []


def test_the_examples_are_found() -> None:
    assert {"docs/first-explainer.md", "docs/writing.md", "docs/theming.md", "docs/reference/shortcodes.md"} <= set(
        map(ids, WITH_EXAMPLES)
    )


def test_the_tour_ends_as_it_says(site: SiteTest) -> None:
    tour = ROOT / "docs" / "first-explainer.md"
    lay_out(tour, site)
    site.build()
    page = " ".join(site.html("explainers/mill-lane-bridge/index.html").get_text(" ").split())
    for language, info, content in blocks(tour):
        if language == "text" and info == "page":
            assert " ".join(content.split()) in page
        elif language == "json":
            assert "".join(content.split()) in "".join(site.read("explainers/mill-lane-bridge/claims.json").split())
        elif info == "told":
            file = site.root / "content/explainers/mill-lane-bridge.md"
            file.write_text(file.read_text(encoding="utf-8").replace("inspection", "inspecton"), encoding="utf-8")
            assert site.build("--format", "text").stderr.startswith(content)


def anchors(path: Path) -> set[str]:
    """The ids that headings get where the repository is shown."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in _HEADING.findall(_BLOCK.sub("", text_of(path))))
    return {title.replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_links_lead_somewhere(path: Path) -> None:
    for target in _LINK.findall(_BLOCK.sub("", text_of(path))):
        file, _, fragment = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        if fragment:
            assert fragment in anchors(there), target
