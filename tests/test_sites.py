"""Whole small sites, built by the real command, with what comes out of them.

`tests/sites/<feature>/` is a site; its `expected/` holds explainers in short (`crawl.outline`) and as data.
`--snapshot-update` writes them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.crawl import check_site, outline, pages_of
from tests.harness import SiteTest

HERE = Path(__file__).parent
SITES = sorted(folder.name for folder in (HERE / "sites").iterdir())
DEMO = HERE.parent / "content"


@pytest.mark.parametrize("name", SITES)
def test_a_whole_site(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    expected = HERE / "sites" / name / "expected"
    site = SiteTest.from_dir(HERE / "sites" / name, tmp_path / "project")
    result = site.build()
    assert result.exit == 0, result.stdout
    base_url = site.claims(next(site.out.glob("explainers/*/claims.json")).parent.name)["page"]["url"]
    check_site(site.out, base_url.rpartition("explainers/")[0])
    found = outputs(site)
    if request.config.getoption("--snapshot-update"):
        expected.mkdir(exist_ok=True)
        for path, text in found.items():
            (expected / path).write_bytes(text.encode())
    assert found == {file.name: file.read_bytes().decode() for file in expected.iterdir()}


def outputs(site: SiteTest) -> dict[str, str]:
    """The explainers of a site in short and as data, and the list of its files."""
    files = [path for path in site.tree() if not path.startswith("static/")]
    found = {"files.txt": "".join(f"{path}\n" for path in files)}
    for path, page in pages_of(site.out).items():
        folder = (site.out / path).parent
        if (folder / "claims.json").is_file():
            found[f"{folder.name}.txt"] = outline(page)
            data = json.loads((folder / "claims.json").read_bytes())
            found[f"{folder.name}.json"] = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    return found


@pytest.mark.skipif(not DEMO.is_dir(), reason="the demo isn't here")
def test_the_demo_keeps_what_is_promised_of_every_site(tmp_path: Path) -> None:
    site = SiteTest(tmp_path / "project")
    shutil.copytree(DEMO, site.root / "content", dirs_exist_ok=True)
    result = site.build("--base-url", "https://example.org/deep/down/")
    assert result.exit == 0, result.stdout
    check_site(site.out, "https://example.org/deep/down/")
