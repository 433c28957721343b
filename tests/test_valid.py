"""Every kind of page held against the Nu checker, the W3C's own; `make valid` fetches it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hard_site import write_hard_site
from tests.needs import find_program

if TYPE_CHECKING:
    from tests.harness import SiteTest

ROOT = Path(__file__).parents[1]


EACH = """\
---
title: Each thing in each place
date: 2024-01-01
sources:
  dpa: {type: report, title: D, publisher: dpa}
  speech: {type: statement, title: S, party: mayor, date: 2024-01-02}
---
Text {{< claim id="a" sources="dpa" >}}it "fell"{{< /claim >}}.[^1] [a [^1]](https://x.example/)
[![x](https://x.example/a.png)](https://x.example/) <br> `{.x}` {{< ref "#a" >}}

{{< figure src="https://x.example/a.png" alt="x" caption="C {{< source dpa >}} {{< claim id=b sources=dpa >}}so{{< /claim >}} *e*[^2]" credit="**dpa**" >}}

{{< media url="https://x.example/?a=b&c" title="T *x*" caption="C {{< source dpa >}}" credit="D" height="180" >}}

{{< known >}}

- K
- > [^1]: note
- {{< claim id="c" sources="speech" speaker="mayor" said="2024" >}}said{{< /claim >}}

{{< /known >}}

> {{< figure src="https://x.example/a b.png" alt="" caption="d" >}}

{{< aside title="T *x*" >}}

| a | b |
|---|--:|
| {{< source dpa >}} | ^[n] |

{{< /aside >}}

{{< timeline speaker="mayor" >}}

{{< levels >}}

``` c\\+\\+
x
```

[^2]: m
"""


CLAIM, FRAME = "explainers/each/claims/a/index.html", "embed/each/a/index.html"
CLAIM_GONE, FRAME_GONE = "explainers/gone/claims/gone/index.html", "embed/gone/gone/index.html"


def checker() -> list[str]:
    """The command that runs the checker; without one the test is skipped, since few machines have it."""
    jar, java = os.environ.get("VNU_JAR"), find_program("java")
    if jar and java and Path(jar).is_file():
        return [java, "-jar", str(Path(jar).resolve())]
    if vnu := find_program("vnu"):
        return [vnu]
    pytest.skip("there is no Nu checker here; `make valid` fetches it, and needs npm and Java")


@pytest.mark.parametrize("name", ["demo", "hard", "each"])
def test_every_page_is_valid(site: SiteTest, name: str) -> None:
    command = checker()
    if name == "hard":
        write_hard_site(site)
    elif name == "each":
        site.write("content/site.yaml", "title: A site\nbase_url: https://example.org/\nembeds: true\n")
        site.write("content/explainers/each.md", EACH)
        gone = "---\ntitle: Gone\ndate: 2024-01-01\nembeds: [gone]\n---\n"
        site.write("content/explainers/gone.md", gone)
    result = site.run("build", "--site", str(ROOT if name == "demo" else site.root), "--out", str(site.out), "--quiet")
    assert result.exit == 0, result.stderr
    kinds = {"search/index.html"} | ({CLAIM, CLAIM_GONE, FRAME, FRAME_GONE} if name == "each" else set())
    assert kinds <= site.tree().keys()
    files = [str(file) for suffix in ("html", "css", "svg") for file in sorted(site.out.rglob(f"*.{suffix}"))]
    # `--errors-only` leaves out a guess at the language, which is wrong where sources have another one.
    done = subprocess.run(
        [*command, "--errors-only", "--also-check-css", "--also-check-svg", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.replace(str(site.out), "")) == (0, "")
