"""`explainer publish`: a finished build to its hosts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from explainer.cli.options import CONTENT_ERRORS, ENVIRONMENT_FAILED, common, reporting, say

if TYPE_CHECKING:
    from explainer.model.declared import SiteConfig, Target
    from explainer.publish import Prepared, Refusal, Result, Wish


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@common
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Delete what the plan deletes without asking.")
@click.option("--max-deletes", type=click.IntRange(min=0), help="How many files may be deleted, at most.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="The build: a folder, .tar, .tar.gz or .zip.  [default: site/ in the site's folder]",
)
@click.option("--rollback", is_flag=True, help="Give readers the version from before again.")
@click.option(
    "--keep", type=click.IntRange(min=2), help="How many versions stay on the host, in place of the target's."
)
@click.option("--replace", metavar="BUILD", help="Take the place of this build on the host, even if it is newer.")
@click.option("--format", type=click.Choice(("text", "json")), default="text", help="How plan and report are told.")
@reporting
def publish(targets: tuple[str, ...], site: Path, **options: Any) -> None:
    """Publish a finished build to the hosts that site.yaml names.

    With one target in site.yaml its name need not be given.
    """
    if options["rollback"] and options["source"]:
        raise click.UsageError(
            "--rollback takes a version that is on the host, and --from brings one: give one of them"
        )
    config = _config(site)
    chosen = [one._replace(keep=options["keep"] or one.keep) for one in _chosen(config, targets)]
    _Run(site, config, chosen, options).run()


def _config(site: Path) -> SiteConfig:
    from explainer.load import find_content, load_config

    if not site.is_dir():
        raise click.UsageError(f"there is no folder {click.format_filename(site)}")
    loaded = load_config(site, find_content(site).value)
    if loaded.diagnostics:
        from explainer.diagnostics.report import render

        texts = {text.path: text for text in loaded.value.texts}
        say(render(loaded.diagnostics, texts, "text", color=sys.stderr.isatty()), nl=False)
        sys.exit(CONTENT_ERRORS)
    return loaded.value.library.config


def _chosen(config: SiteConfig, names: tuple[str, ...]) -> list[Target]:
    known = {target.name: target for target in config.publish}
    if not known:
        raise click.UsageError("content/site.yaml names no target; docs/publishing says how `publish` is written")
    if not names and len(known) > 1:
        raise click.UsageError(f"say to which target: {', '.join(known)}")
    for name in names:
        if name not in known:
            raise click.UsageError(f"there is no target {name!r}; there are {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names or known)]


class _Run:
    """One call of the command: every target is looked at before anything goes to the first."""

    def __init__(self, site: Path, config: SiteConfig, targets: list[Target], options: dict[str, Any]) -> None:
        self.site, self.config, self.targets, self.options = site, config, targets, options
        self.told: list[dict[str, Any]] = []
        self.status = 0

    def run(self) -> None:
        """Publish, tell, and end with the exit status."""
        from tempfile import TemporaryDirectory

        from explainer.publish import HostError, RefusedError

        with TemporaryDirectory(prefix="explainer-", ignore_cleanup_errors=True) as scratch:
            try:
                wish = self._wish(Path(scratch))
                ready = self._prepared(wish)
            except RefusedError as error:
                for target in self.targets:
                    self._refuse(target.name, None, error.refusals)
            except HostError as error:
                for target in self.targets:
                    self._fail(target.name, error)
            else:
                self._carry_out(ready, wish)
        if self.options["format"] == "json":
            say(json.dumps({"version": 1, "targets": self.told}, indent=2, ensure_ascii=False), err=False)
        if self.status:
            sys.exit(self.status)

    def _wish(self, scratch: Path) -> Wish:
        from explainer.output.build_info import is_unfinished
        from explainer.publish import Wish

        unfinished = not self.options["source"] and is_unfinished(self.site, self.site / "site")
        return Wish(
            self.site, scratch, self.config.base_url, say, self.options["max_deletes"], self.options["replace"], unfinished
        )  # fmt: skip

    def _prepared(self, wish: Wish) -> list[Prepared]:
        """What is ready to go, for every target; what isn't was told."""
        from explainer.publish import HostError, RefusedError, finished, prepare, prepare_back

        source = self.options["source"]
        back = self.options["rollback"]
        found = None if back else finished(source or self.site / "site", wish.scratch, ours=not source)
        ready = []
        for target in self.targets:
            try:
                prepared = prepare(target, found, wish) if found else prepare_back(target, wish)
            except RefusedError as error:
                self._refuse(target.name, None, error.refusals)
                continue
            except HostError as error:
                self._fail(target.name, error)
                continue
            if prepared.refusals:
                self._refuse(target.name, prepared, prepared.refusals)
            else:
                ready.append(prepared)
        return ready

    def _carry_out(self, ready: list[Prepared], wish: Wish) -> None:
        from explainer.publish import Result, carry_out

        text = self.options["format"] == "text"
        for prepared in ready:
            if text and not self.options["quiet"]:
                self._plan(prepared)
        if self.options["dry_run"] or self.status:
            # One target that refuses keeps the others from going: they should have the same build.
            for prepared in ready:
                self._tell(prepared, Result("planned"))
            return
        if not self._agreed(ready):
            return
        for prepared in ready:
            result = carry_out(prepared, wish)
            if result.outcome == "failed":
                self.status = ENVIRONMENT_FAILED
            self._tell(prepared, result)

    def _agreed(self, ready: list[Prepared]) -> bool:
        """Whether what is deleted may be: the user's word, on a terminal or by option."""
        from explainer.publish import Refusal

        for prepared in ready:
            before = prepared.work.state.found
            count = sum(before is not None and one.path in before.files for one in prepared.work.plan.of("delete"))
            if not count or self.options["yes"]:
                continue
            files = "file" if count == 1 else "files"
            asked = sys.stdin.isatty() and sys.stderr.isatty() and self.options["format"] == "text"
            if asked and click.confirm(f"{prepared.target.name}: delete {count} {files} on the host?", err=True):
                continue
            message = f"{count} {files} would be deleted on the host, and nobody agreed to it"
            self._refuse(prepared.target.name, prepared, (Refusal("not-agreed", message, "--yes agrees"),))
            return False
        return True

    # --- Tell ---

    def _plan(self, prepared: Prepared) -> None:
        from explainer.publish.report import plan_text

        whole = self.options["verbose"] or self.options["dry_run"]
        say(plan_text(prepared, whole=whole), err=False)

    def _refuse(self, name: str, prepared: Prepared | None, refusals: tuple[Refusal, ...]) -> None:
        from explainer.publish import Result
        from explainer.publish.report import as_json, refusals_text

        self.status = max(self.status, CONTENT_ERRORS)
        self.told.append(as_json(name, prepared, refusals, Result("refused")))
        if prepared and self.options["format"] == "text" and self.options["dry_run"]:
            self._plan(prepared)
        say(refusals_text(name, refusals))

    def _fail(self, name: str, error: Any) -> None:
        from explainer.publish import Result
        from explainer.publish.report import as_json

        self.status = ENVIRONMENT_FAILED
        self.told.append(as_json(name, None, (), Result("failed", error=str(error), hint=error.hint)))
        say(f"{name}: error: {error}")
        if error.hint:
            say(f"  hint: {error.hint}")

    def _tell(self, prepared: Prepared, result: Result) -> None:
        from explainer.publish.report import as_json, result_text

        self.told.append(as_json(prepared.target.name, prepared, (), result))
        failed = result.outcome == "failed"
        if failed or (self.options["format"] == "text" and not self.options["quiet"]):
            text = result_text(prepared, result)
            if text:
                say(text, err=failed or self.options["format"] == "json")
