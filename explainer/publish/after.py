"""The newsroom's own program that is told what has changed for readers, such as one that clears a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.publish.errors import HostError
from explainer.publish.host import run_program
from explainer.publish.memory import clear_untold, untold
from explainer.publish.verify import is_served, reader_address

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.model.settings import Target

_TIMEOUT = 600  # seconds


def tell_changes(target: Target, site: Path, base_url: str) -> None:
    """Run the target's `after`, if it has one and there is something to tell.

    Addresses that have changed stand on its standard input, one a line; it runs in the site's folder. What it wasn't told,
    because it failed or readers didn't get a publication, is told with the next one.

    Raises:
        HostError: if it can't be run, or fails.
    """
    paths = [path for path in untold(site, target.name) if is_served(path)]
    if target.after and paths:
        program, *words = target.after
        if "/" in program:
            program = str((site / program).resolve())
        addresses = "".join(f"{reader_address(base_url, path)}\n" for path in sorted(paths))
        try:
            run_program([program, *words], given=addresses.encode(), timeout=_TIMEOUT, cwd=site)
        except HostError as error:
            raise HostError(f"readers have the build, but `after` failed: {error}", _HINT) from error
    clear_untold(site, target.name)


_HINT = "mend the program, and run this again: it is told then what has changed"
