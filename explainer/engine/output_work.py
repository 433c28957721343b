"""What making outputs again takes: the resolved site, what the last build left of it, and where outputs go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.cache.store import DamagedCacheError
from explainer.output.write_file import WrittenFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explainer.engine.output_digests import OutputDigests
    from explainer.engine.pipeline import SiteBuild
    from explainer.engine.rendering import Rendering, SentOutput
    from explainer.output.tree import OutputTree
    from explainer.system.progress import Progress

NEW = "it is new"
THEME = "layouts or settings of the site have changed"
TEXT = "its text, or a source of it, has changed"
CONTEXT = "other pages have changed"
LISTED = "what it lists has changed"
OUTPUT = "what stands in the output isn't what was made"


@dataclass(frozen=True, slots=True)
class OutputWork:
    """A resolved site and its output; without a `tree`, only to find what is wrong.

    `theme` is the digest of the theme and of what every layout knows of the site, `last` has the keys of what the last build
    made. `rendered` gets the paths of the outputs that are made again, each with the reason.
    """

    build: SiteBuild
    tree: OutputTree | None
    rendering: Rendering
    last: OutputDigests
    theme: str
    progress: Progress
    rendered: dict[str, str] = field(default_factory=dict)

    def reuse(self, paths: Sequence[str], digests: Sequence[str]) -> bool:
        """Take outputs over as the last build left them, if they are all there and have these digests."""
        if self.tree is None:
            return True
        known = [self.tree.known.get(path) for path in paths]
        right = len(paths) == len(digests) and all(
            entry is not None and entry.digest == digest for entry, digest in zip(known, digests, strict=True)
        )
        return right and all(map(self.tree.reuse, paths))

    def add(self, tree: OutputTree, path: str, output: WrittenFile | SentOutput) -> None:
        """Add an output that was made in whatever process to the tree.

        Raises:
            DamagedCacheError: if it was said to be as it is in the live tree, and isn't there.
        """
        if isinstance(output, WrittenFile):
            tree.add(path, output)
        elif output.content is not None:
            tree.write(path, output.content, output.digest)
        elif not tree.reuse(path):
            raise DamagedCacheError
