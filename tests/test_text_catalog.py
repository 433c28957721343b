"""Catalogs of words: complete in each language, with its plural forms, and a site's own words over them."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markupsafe import Markup

from explainer.load import load_catalogs
from explainer.load.catalogs import _parameters
from explainer.model.published import GROUPS
from explainer.render.filters import lookup
from explainer.sourcing.rule import LEVELS
from explainer.system.default_theme import default_layouts
from explainer.text.catalog import QUOTATION_KEYS, Catalogs, UnknownWordError
from explainer.text.missing_words import missing_words
from tests.harness import CATALOGS, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.text.catalog import Forms, Phrases
    from tests.harness import Result, SiteTest

LANGUAGES = sorted(CATALOGS.languages)
# Words that are the same in English.
SAME = {
    "fr": {
        "list.pages", "list.page-number", "list.page-title", "page.introduction", "source.kicker", "source.date", "source.description", "notes.heading", "notes.note",
        "person.organization", "badge.sources", "way.sources",
    },
    "de": {"claim.elsewhere", "language.hi", "language.ur"},
}  # fmt: skip
SAME_EVERYWHERE = {"source.original", "source.doi"}
_PARAMETER = re.compile(r"{\w+}")


def _texts(forms: Forms) -> Iterable[str]:
    return [forms] if isinstance(forms, str) else forms.values()


def test_six_languages_come_with_the_theme() -> None:
    assert LANGUAGES == ["ar", "de", "en", "es", "fr", "pt"]


def test_languages_that_no_site_words_stand_over_are_read_when_asked_for(tmp_path: Path) -> None:
    files = sorted((default_layouts() / "i18n").glob("*.yaml"))
    own = tmp_path / "layouts" / "i18n" / "es.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("list.pages: Páginas\n", encoding="utf-8")
    catalogs = load_catalogs(tmp_path, [*files, own]).value[0]
    assert sorted(catalogs.contents[0]) == ["en", "es"]
    assert sorted(catalogs.languages) == LANGUAGES
    sent = pickle.loads(pickle.dumps(catalogs))  # noqa: S301 - as it goes to another process
    for language in LANGUAGES:
        over = {"list.pages": "Páginas"} if language == "es" else {}
        assert sent.table(language) == CATALOGS.table(language) | over


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalog_has_every_key_with_every_plural_form(language: str) -> None:
    from babel import Locale  # noqa: PLC0415

    table, english = CATALOGS.table(language), CATALOGS.table("en")
    # The quotation marks of a language are known without a catalog.
    assert table.keys() | set(QUOTATION_KEYS) == english.keys()
    rule = Locale.parse(language).plural_form
    needed = {rule(n) for n in range(1000)} | {"other"}
    for key, forms in table.items():
        assert isinstance(forms, dict) == isinstance(english[key], dict), key
        if isinstance(forms, dict):
            assert {name for name in forms if not name.startswith("=")} == needed, key
            assert all(forms.values()), key
            # Translators' tools know no other forms.
            assert not any(name.startswith("=") for name in forms), key
        assert _parameters(forms) <= _parameters(english[key]), key


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_nothing_is_left_in_english(language: str) -> None:
    table, english = CATALOGS.table(language), CATALOGS.table("en")
    words = {key for key, forms in english.items() if re.search("[a-z]", _PARAMETER.sub("", " ".join(_texts(forms))))}
    same = {key for key in words if table[key] == english[key]}
    assert same == SAME.get(language, set()) | (SAME_EVERYWHERE & same)


def test_the_levels_are_those_of_the_rule() -> None:
    for row in LEVELS:
        for n in (1, 2):
            assert ENGLISH.text(f"level.{row.level}.when") == row.when
            assert ENGLISH.form(f"level.{row.level}.label", n) == row.label
    assert sorted(level for levels in GROUPS.values() for level in levels) == sorted(row.level for row in LEVELS)


def test_plural_forms() -> None:
    key, arabic = "page.claim-count", CATALOGS.of("ar")
    assert [ENGLISH.text(key, n) for n in (0, 1, 2, 1_000)] == ["0 claims", "1 claim", "2 claims", "1,000 claims"]
    assert arabic.text(key, 2) == "ادعاءان"
    assert len({arabic.form(key, n) for n in (0, 1, 2, 3, 11, 100)}) == 6
    assert CATALOGS.of("es").text(key, 1_000) == "1.000 afirmaciones"


def test_exact_forms_go_first() -> None:
    catalog = Catalogs({"en": {"number.group": ",", "k": {"=2": "both", "other": "{n}"}}}).of("en")
    assert [catalog.text("k", n) for n in (1, 2, 3)] == ["1", "both", "3"]


@pytest.mark.parametrize(
    ("language", "dates"),
    [
        ("en", ["2017", "June 2017", "8 June 2017", "8 June 2017"]),
        ("en-US", ["2017", "June 2017", "8 June 2017", "8 June 2017"]),
        ("es", ["2017", "junio de 2017", "8 de junio de 2017", "8 de junio de 2017"]),
        ("ar", ["2017", "يونيو 2017", "8 يونيو 2017", "8 يونيو 2017"]),
        ("fr", ["2017", "juin 2017", "8 juin 2017", "8 juin 2017"]),
        ("de", ["2017", "Juni 2017", "8. Juni 2017", "8. Juni 2017"]),
        ("pt", ["2017", "junho de 2017", "8 de junho de 2017", "8 de junho de 2017"]),
        ("ja", ["2017", "June 2017", "8 June 2017", "8 June 2017"]),  # no catalog: English words, and so English dates
        ("xx", ["2017", "June 2017", "8 June 2017", "8 June 2017"]),
    ],
)
def test_dates(language: str, dates: list[str]) -> None:
    catalog = CATALOGS.of(language)
    assert [catalog.date(text) for text in ("2017", "2017-06", "2017-06-08", "2017-06-08T23:00:00+00:00")] == dates


def test_the_first_of_a_month() -> None:
    told = {language: CATALOGS.of(language).date("2017-06-01") for language in ("fr", "fr-CA", "de", "pt", "en")}
    assert told == {
        "fr": "1er juin 2017", "fr-CA": "1er juin 2017", "de": "1. Juni 2017", "pt": "1 de junho de 2017",
        "en": "1 June 2017",
    }  # fmt: skip
    assert CATALOGS.of("fr").date("2017-01-11") == "11 janvier 2017"


def test_large_numbers() -> None:
    numbers = {language: CATALOGS.of(language).number(10_000) for language in ("fr", "de", "pt", "en")}
    assert numbers == {"fr": "10\u202f000", "de": "10.000", "pt": "10.000", "en": "10,000"}


def test_nothing_and_one_take_the_same_form_in_french_and_portuguese() -> None:
    counts = [CATALOGS.of(language).text("page.claim-count", n) for language in ("fr", "pt", "de") for n in (0, 1, 2)]
    assert counts == [
        "0 affirmation", "1 affirmation", "2 affirmations", "0 afirmação", "1 afirmação", "2 afirmações",
        "0 Aussagen", "1 Aussage", "2 Aussagen",
    ]  # fmt: skip


def test_french_puts_its_spaces() -> None:
    words = {key: forms for key, forms in CATALOGS.table("fr").items() if not key.startswith("grammar.")}
    for key, forms in words.items():
        for text in _texts(forms):
            assert not re.search(r"(?<=\w|}) ?[;?!»]|« ?(?=\w|{)|['\"]", text.replace("\u202f", "\u2007")), key
            assert not re.search(r"(?<!\u00a0):(?= |$)", text), key


def test_lists_in_sentences() -> None:
    names = ["Ana", "Luis", "Irene"]
    assert ENGLISH.listed([]) == ""
    assert ENGLISH.listed(names) == "Ana, Luis and Irene"
    spanish = CATALOGS.of("es")
    assert spanish.listed(names) == "Ana, Luis e Irene"
    assert spanish.listed(["agua", "hielo"]) == "agua y hielo"
    assert CATALOGS.of("ar").listed(names) == "Ana، Luis وIrene"


def test_words_are_contracted_where_they_were_put_together() -> None:
    spanish = CATALOGS.of("es")
    assert spanish.text("account.back", origin="el relato de Kislyak") == "Todo se remonta al relato de Kislyak."
    assert spanish.text("account.comes", who="el alcalde", reported="") == "Procede del alcalde."
    # A name keeps its article, and English nothing to contract.
    assert spanish.text("account.comes", who="El País", reported="") == "Procede de El País."
    assert CATALOGS.of("en").text("account.back", origin="a el") == "All of it goes back to a el."
    french, portuguese = CATALOGS.of("fr"), CATALOGS.of("pt")
    assert french.text("account.back", origin="les carnets") == "Tout remonte aux carnets."
    assert portuguese.text("note.disputed", 1, who="a ministra") == "Contestada pela ministra"
    assert portuguese.text("note.rests-on", 1, who="os relatos") == "Todas as fontes se apoiam nos relatos"
    assert portuguese.text("page.by", who="a redação") == "Pela redação"
    # What a name or a sentence holds itself stays as it was written.
    assert french.text("source.as-reported", who="l’appel à le publier") == "Selon l’appel à le publier."
    assert spanish.text("page.by", who="gente de el Raval") == "Por gente de el Raval"
    # A name may be a link.
    link = Markup('<a href="/m/">o ministério</a>')
    assert lookup(portuguese)("source.known-through", who=link) == 'Sabe por meio <a href="/m/">do ministério</a>.'
    odd = Catalogs({"en": {"grammar.contractions": "nothing; , ;a el,", "x": "a el {y}"}}).of("en")
    assert odd.text("x", y="z") == "a el z"


def test_a_language_falls_back_to_a_wider_one_and_then_to_english() -> None:
    tables: dict[str, Phrases] = {
        "en": {"a": "a", "b": "b", "c": "c"},
        "pt": {"a": "um", "b": "dois"},
        "pt-BR": {"a": "UM"},
    }
    catalog = Catalogs(tables).of("pt-BR")
    assert [catalog.text(key) for key in "abc"] == ["UM", "dois", "c"]
    assert CATALOGS.of("pl").text("page.claim-count", 3) == "3 claims"


def test_a_word_that_nobody_has() -> None:
    with pytest.raises(UnknownWordError):
        ENGLISH.text("page.hom")


def test_catalogs_go_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(CATALOGS)).of("es").text("page.home") == "Inicio"  # noqa: S301 - made here


def test_a_site_has_its_own_words_and_languages(site: SiteTest) -> None:
    site.write("layouts/i18n/es.yaml", "page.not-found-heading: Aquí no hay nada\n")
    site.write("layouts/i18n/ast.yaml", "page.not-found-heading: Nada\n")
    for language, heading in (("es", "Aquí no hay nada"), ("ast", "Nada"), ("it", "There is no such page")):
        site.write("content/site.yaml", f"title: A\nbase_url: https://example.org/\nlanguage: {language}\n")
        site.write("layouts/404.html", '<h1>{{ t("page.not-found-heading") }}</h1>')
        assert site.build().exit == 0
        assert site.read("404.html") == f"<h1>{heading}</h1>"


def test_pages_in_every_language(site: SiteTest) -> None:
    site.write("layouts/explainer.html", "{{ page.lang }} {{ page.dir }} {{ page.claims[0].words }} {{ body }}")
    for language in LANGUAGES:
        site.write(
            f"content/explainers/{language}.md",
            f"""\
            ---
            title: T
            date: 2024-01-01
            language: {language}
            sources: {{a: {{type: interview, attribution: deep-background, title: N, knowledge: first-hand}}}}
            ---
            {{{{< claim id="c" sources="a" >}}}}C{{{{< /claim >}}}}
            """,
        )
    assert site.build().exit == 0
    pages = {language: site.read(f"explainers/{language}/index.html") for language in LANGUAGES}
    assert pages["en"].startswith("en ltr a source (unnamed), first-hand ")
    assert pages["es"].startswith("es ltr una fuente (sin nombre), de primera mano ")
    assert pages["ar"].startswith("ar rtl مصدر (بلا اسم)، معرفة مباشرة ")
    assert pages["fr"].startswith("fr ltr une source (sans nom), de première main ")
    assert pages["de"].startswith("de ltr eine Quelle (anonym), aus erster Hand ")
    assert pages["pt"].startswith("pt ltr uma fonte (sem nome), em primeira mão ")
    # What machines read is in the words of the published rule.
    labels = {site.claims(one)["claims"][0]["sourcing"]["label"] for one in LANGUAGES}
    assert labels == {"One independent source, unnamed, first-hand"}


def test_changed_words_change_the_pages_that_have_them(site: SiteTest) -> None:
    site.write(
        "content/explainers/a.md", '---\ntitle: A\ndate: 2024-01-01\n---\n{{< claim id="c" >}}C{{< /claim >}}.\n'
    )
    assert site.build().exit == 0
    assert "no source given" in site.read("explainers/a/index.html")
    site.write("layouts/i18n/en.yaml", "level.unsourced.words: nobody said so\n")
    assert site.build().exit == 0
    assert "nobody said so" in site.read("explainers/a/index.html")


def test_english_needs_no_babel(site: SiteTest) -> None:
    site.write(
        "content/explainers/a.md", '---\ntitle: A\ndate: 2024-01-01\n---\n{{< claim id="c" >}}C{{< /claim >}}.\n'
    )
    code = (
        "import sys; from explainer.cli.main import main\n"
        f"main(['build', '--site', {str(site.root)!r}], standalone_mode=False); print('babel' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


# --- A catalog that is being written ------------------------------------------------------------


def _missing(site: SiteTest, *arguments: str) -> Result:
    return site.run("schema", "--site", str(site.root), *arguments)


def test_what_a_new_catalog_lacks(site: SiteTest) -> None:
    site.write("layouts/i18n/pl.yaml", 'page.home: Strona\npage.claim-count: {one: "{n} teza", other: "{n} tezy"}\n')
    told = _missing(site, "catalog", "pl")
    assert told.exit == 0
    lines = told.stdout.splitlines()
    assert 'page.skip: "Skip to the text"' in lines
    assert "# page.claim-count lacks the plural forms: few, many" in lines
    assert (
        'page.explainer-count: {one: "{n} explainer", few: "{n} explainers", many: "{n} explainers", other: "{n} explainers"}'
    ) in lines
    assert not any(line.startswith(("page.home", "quote.open")) for line in lines)


def test_a_catalog_is_complete_with_the_lines_that_it_lacked(site: SiteTest) -> None:
    catalog = _missing(site, "catalog", "pl").stdout
    site.write("layouts/i18n/pl.yaml", catalog)
    assert _missing(site, "catalog", "pl").stdout == ""
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\nlanguage: pl\n")
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    assert site.run("check", "--strict", "--site", str(site.root)).exit == 0


@pytest.mark.parametrize("language", [*LANGUAGES, "pt-BR", "es-MX"])
def test_nothing_is_missing_of_what_comes_with_the_theme(language: str) -> None:
    assert missing_words(CATALOGS, language) == ()


def test_a_language_has_to_be_named(site: SiteTest) -> None:
    for arguments in (["catalog"], ["catalog", "english"], ["site", "it"]):
        assert _missing(site, *arguments).exit == 2


def test_faults_of_a_catalog_are_told_first(site: SiteTest) -> None:
    site.write("layouts/i18n/it.yaml", "page.hom: Inizio\n")
    told = _missing(site, "catalog", "it")
    assert told.exit == 1
    assert "layouts/i18n/it.yaml:1:1: error E605" in told.stderr
    assert told.stdout == ""


def test_a_catalog_may_stand_under_its_language(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\nlanguage: pt-BR\n")
    site.write("layouts/i18n/pt-BR.yaml", "pt_BR:\n  page.home: Página\n    inicial\n  page.tag: 'Tag'\n")
    site.write("layouts/404.html", '{{ t("page.home") }}, {{ t("page.tag") }}, {{ t("page.feed") }}')
    assert site.build().exit == 0
    assert site.read("404.html") == "Página inicial, Tag, Feed de notícias"
    site.write("layouts/i18n/pt-BR.yaml", "pt_BR:\n  page.hom: Início\n")
    assert site.build().exit == 1
