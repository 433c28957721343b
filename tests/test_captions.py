"""Captions and credits take inline Markdown, citations and notes, in numbers of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.harness import SiteTest

FRONT = "---\ntitle: A\ndate: 2024-01-01\nsources:\n  dpa: {type: report, title: D, publisher: dpa}\n---\n"
PICTURE = 'src="https://x.example/a.png" alt="x"'


def figcaption(site: SiteTest, arguments: str) -> str:
    """The caption of a figure with these arguments, without the tags of its numbers."""
    site.write(
        "content/explainers/a.md",
        FRONT + f"One.[^1]\n\n{{{{< figure {PICTURE} {arguments} >}}}}\n\n[^1]: N.\n[^2]: M.\n",
    )
    assert site.build().diagnostics == ()
    found = re.search("<figcaption>(.*)</figcaption>", site.read("explainers/a/index.html"), re.DOTALL)
    assert found
    return re.sub("<small.*?</small>|</?(?:sup|a)[^>]*>", "", found[1])


def test_markup_citations_and_notes(site: SiteTest) -> None:
    caption = figcaption(
        site, r'caption="The *pier*, it\'s \"[old](https://x.example/)\" {{< source dpa >}}.[^2]" credit="**dpa**"'
    )
    assert caption == 'The <em>pier</em>, it’s “old” 2.3 <span class="x-credit"><strong>dpa</strong></span>'
    page = site.read("explainers/a/index.html")
    assert 'href="#note-dpa" id="ref-dpa-1"' in page
    assert 'id="note-dpa"' in page


def test_a_caption_of_plain_words(site: SiteTest) -> None:
    assert figcaption(site, 'credit=dpa caption=`a < b & "c" {{< source dpa >}}[^2]`').startswith("a &lt; b &amp; “c” ")


def test_what_is_wrong_is_told_at_its_place(site: SiteTest) -> None:
    text = f'> {{{{< figure {PICTURE} caption="A {{{{< source nobody >}}}} [x](/nope/)" >}}}}'
    site.write("content/explainers/a.md", FRONT + text + "\n{{< source dpa >}}\n")
    told = [(one.code, text[one.col - 1 : one.end_col - 1]) for one in site.build().diagnostics]
    assert told == [("E201", "nobody"), ("E501", "[x](/nope/)")]


def test_a_layouts_own_shortcode_gets_them_too(site: SiteTest) -> None:
    site.write("layouts/shortcodes/box.html", "<p>{{ formatted.caption }}|{{ args.caption }}</p>\n")
    site.write("content/explainers/a.md", FRONT + '{{< box caption="*a*" >}}\n\n{{< source dpa >}}\n')
    assert site.build().diagnostics == ()
    assert "<p><em>a</em>|*a*</p>" in site.read("explainers/a/index.html")


LEAD = 'image: {src: "https://x.example/a.png", alt: x, '


def test_the_picture_of_the_front_matter_has_both_with_numbers_before_the_texts(site: SiteTest) -> None:
    front = FRONT.removesuffix("---\n") + LEAD
    site.write(
        "content/explainers/a.md",
        front
        + "caption: 'The *pier* {{< source dpa >}}', credit: '[dpa](https://dpa.example/) ^[N.]'}\n---\nA.[^1]\n\n[^1]: M.\n",
    )
    assert site.build().diagnostics == ()
    caption = site.html("explainers/a/index.html").select_one(".x-lead figcaption")
    assert caption
    assert [one.get_text() for one in caption.select("em, .x-credit a[href^=https], sup")] == ["pier", "1", "dpa", "2"]
    assert [note["id"] for note in site.html("explainers/a/index.html").select(".x-notes > li")][:1] == ["note-dpa"]


def test_faults_in_them_are_told_at_them(site: SiteTest) -> None:
    line = LEAD + "credit: '[x](/nope/)', caption: '{{< source nobody >}}'}"
    site.write("content/explainers/a.md", FRONT.removesuffix("---\n") + line + "\n---\n{{< source dpa >}}\n")
    told = [(one.code, one.line, line[one.col - 1 : one.end_col - 1]) for one in site.build().diagnostics]
    assert told == [("E501", 6, "'[x](/nope/)'"), ("E201", 6, "'{{< source nobody >}}'")]


def test_a_persons_broken_link_is_told_at_the_link(site: SiteTest) -> None:
    site.write(
        "content/people.yaml", "ann:\n  name: Ann\n  links: [{label: A, url: /nope/}, {label: B, url: /gone/}]\n"
    )
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\nauthors: [ann]\n---\nA.\n")
    assert [(one.code, one.line, one.col) for one in site.build().diagnostics] == [("E501", 3, 27), ("E501", 3, 52)]
