"""`explainer publish`: publish a finished build to its hosts."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from explainer.cli.console import load_config_or_exit
from explainer.cli.options import (
    CONTENT_ERRORS,
    ENVIRONMENT_FAILED,
    NOT_VERIFIED,
    common_options,
    echo,
    handle_environment_errors,
)

if TYPE_CHECKING:
    from explainer.model.settings import SiteConfig, Target
    from explainer.publish import Publication, PublishOptions, Refusal, Result
    from explainer.publish.gone_embeds import FrameWords


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@common_options
@click.option("--dry-run", is_flag=True, help="Show what would be done, without doing it.")
@click.option("--yes", is_flag=True, help="Delete files on the host without asking.")
@click.option("--max-deletes", type=click.IntRange(min=0), help="The most files that may be deleted.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="The build: a folder, .tar, .tar.gz or .zip.  [default: site/ in the site's folder]",
)
@click.option("--build", "builds", is_flag=True, help="Build first, with warnings as errors.")
@click.option("--rollback", is_flag=True, help="Roll back to the previous version.")
@click.option("--list", "listing", is_flag=True, help="List the versions that the host has and had, and end.")
@click.option(
    "--keep",
    type=click.IntRange(min=2),
    help="Number of versions to keep on the host, instead of the target's setting.",
)
@click.option(
    "--repair", is_flag=True, help="Compare every file on the host by its content, and mend what is lost or changed."
)
@click.option("--replace", metavar="BUILD", help="Replace this build on the host, even if it is newer.")
@click.option(
    "--format", type=click.Choice(("text", "json")), default="text", help="Format of the plan and the report."
)
@handle_environment_errors
def publish(targets: tuple[str, ...], site: Path, **options: Any) -> None:
    """Publish a finished build to the hosts that site.yaml names.

    If site.yaml names a single target, TARGET may be left out.
    """
    if options["rollback"] and options["source"]:
        raise click.UsageError(
            "--rollback takes a version that is on the host, and --from brings one: give one of them"
        )
    if options["repair"] and options["rollback"]:
        raise click.UsageError("--repair mends what is on the host, and --rollback leaves it: give one of them")
    if options["builds"] and (options["source"] or options["rollback"] or options["listing"]):
        raise click.UsageError("--build publishes what it builds: --from, --rollback and --list don't go with it")
    config = load_config_or_exit(site)
    if options["builds"]:
        _build(site, options)
    chosen = [one._replace(keep=options["keep"] or one.keep) for one in _chosen(config, targets)]
    if options["listing"]:
        _list(site, config, chosen, as_json=options["format"] == "json")
    else:
        _Run(site, config, chosen, options).run()


def _list(site: Path, config: SiteConfig, targets: list[Target], *, as_json: bool) -> None:
    """Print what the hosts have and had."""
    from explainer.publish import HostError, PublishOptions, RefusedError, versions_of
    from explainer.publish.report import refusals_text, versions_data, versions_text
    from explainer.publish.scratch import scratch_folder

    status, listed = 0, []
    with scratch_folder() as scratch:
        for target in targets:
            try:
                options = PublishOptions(site, scratch, config.base_url, echo)
                found = versions_data(target.name, versions_of(target, options))
            except RefusedError as error:
                status = max(status, CONTENT_ERRORS)
                echo(refusals_text(target.name, error.refusals))
                continue
            except HostError as error:
                status = ENVIRONMENT_FAILED
                echo(f"{target.name}: error: {error}" + (f"\n  hint: {error.hint}" if error.hint else ""))
                continue
            listed.append(found)
            if not as_json:
                echo(versions_text(found), err=False)
    if as_json:
        echo(json.dumps({"version": 1, "targets": listed}, indent=2, ensure_ascii=False), err=False)
    if status:
        sys.exit(status)


def _build(site: Path, options: dict[str, Any]) -> None:
    """Build the site strictly, or exit with its errors."""
    from explainer.cli.console import run
    from explainer.output.tree import check_out

    out = site / "site"
    check_out(out, site)
    asked = {"drafts": False, "future": False, "base_url": None, "strict": True, "format": "text"}
    run(site, out, {**asked, "quiet": options["quiet"], "verbose": options["verbose"]}, write=True)


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


def _frame_words(site: Path, config: SiteConfig) -> FrameWords:
    """What frames of claims that are gone say."""
    from explainer.load import load_catalogs
    from explainer.publish.gone_embeds import FrameWords
    from explainer.render.theme import Theme

    catalog = load_catalogs(site, Theme.of_site(site).catalogs).value[0].of(config.language)
    return FrameWords(config.language, config.title, catalog.text("embed.withdrawn"), catalog.text("embed.ended"))


class _Run:
    """One call of the command: every target is inspected before anything is sent to the first."""

    def __init__(self, site: Path, config: SiteConfig, targets: list[Target], options: dict[str, Any]) -> None:
        self.site, self.config, self.targets, self.options = site, config, targets, options
        self.results: list[dict[str, Any]] = []
        self.status = 0

    def run(self) -> None:
        """Publish, report, and exit with the status."""
        from explainer.publish import HostError, RefusedError
        from explainer.publish.scratch import scratch_folder

        with scratch_folder() as scratch:
            try:
                publish_options = self._publish_options(scratch)
                ready = self._publications(publish_options)
            except RefusedError as error:
                for target in self.targets:
                    self._refuse(target.name, None, error.refusals)
            except HostError as error:
                for target in self.targets:
                    self._fail(target.name, error)
            else:
                self._carry_out(ready, publish_options)
        if self.options["format"] == "json":
            echo(json.dumps({"version": 1, "targets": self.results}, indent=2, ensure_ascii=False), err=False)
        if self.status:
            sys.exit(self.status)

    def _publish_options(self, scratch: Path) -> PublishOptions:
        from explainer.engine.up_to_date import scan_inputs
        from explainer.output.build_info import changed_since_build, is_unfinished
        from explainer.publish import PublishOptions

        unfinished, changed = False, None
        if not self.options["source"] and not self.options["rollback"]:
            out = self.site / "site"
            unfinished = is_unfinished(self.site, out)
            changed = None if unfinished else changed_since_build(self.site, out, scan_inputs(self.site).site)
        return PublishOptions(
            self.site, scratch, self.config.base_url, echo, self.options["max_deletes"], self.options["replace"], unfinished, changed,
            self.options["repair"],
            self.config.time_zone, partial(_frame_words, self.site, self.config),
        )  # fmt: skip

    def _publications(self, publish_options: PublishOptions) -> list[Publication]:
        """The publications that are ready; those that aren't were reported."""
        from explainer.publish import HostError, RefusedError, prepare, prepare_rollback, read_build
        from explainer.publish.report import embeds_warning

        source = self.options["source"]
        back = self.options["rollback"]
        found = None if back else read_build(source or self.site / "site", publish_options.scratch, ours=not source)
        ready = []
        for target in self.targets:
            try:
                publication = (
                    prepare(target, found, publish_options) if found else prepare_rollback(target, publish_options)
                )
            except RefusedError as error:
                self._refuse(target.name, None, error.refusals)
                continue
            except HostError as error:
                self._fail(target.name, error)
                continue
            if warning := embeds_warning(publication, whole=self.options["verbose"]):
                echo(warning)
            if publication.refusals:
                self._refuse(target.name, publication, publication.refusals)
            else:
                ready.append(publication)
        return ready

    def _carry_out(self, ready: list[Publication], publish_options: PublishOptions) -> None:
        from explainer.publish import Result, carry_out

        text = self.options["format"] == "text"
        for publication in ready:
            if text and not self.options["quiet"]:
                self._plan(publication)
        if self.options["dry_run"] or self.status:
            # One target that refuses keeps the others from going: they should have the same build.
            for publication in ready:
                self._report(publication, Result("planned"))
            return
        if not self._agreed(ready):
            return
        for publication in ready:
            result = carry_out(publication, publish_options)
            if result.outcome == "failed":
                self.status = ENVIRONMENT_FAILED
            elif result.outcome == "unverified" and not self.status:
                self.status = NOT_VERIFIED
            self._report(publication, result)

    def _agreed(self, ready: list[Publication]) -> bool:
        """Whether the user agrees to the deletions, on the terminal or by option."""
        from explainer.publish import Refusal

        for publication in ready:
            before = publication.work.state.manifest
            count = sum(before is not None and path in before.files for path in publication.work.plan.lost)
            if not count or self.options["yes"]:
                continue
            files = "file" if count == 1 else "files"
            asked = sys.stdin.isatty() and sys.stderr.isatty() and self.options["format"] == "text"
            if asked and click.confirm(f"{publication.target.name}: delete {count} {files} on the host?", err=True):
                continue
            message = f"{count} {files} would be deleted on the host, and nobody agreed to it"
            self._refuse(publication.target.name, publication, (Refusal("not-agreed", message, "--yes agrees"),))
            return False
        return True

    # --- Reports ---

    def _plan(self, publication: Publication) -> None:
        from explainer.publish.report import plan_text

        whole = self.options["verbose"] or self.options["dry_run"]
        echo(plan_text(publication, whole=whole), err=False)

    def _refuse(self, name: str, publication: Publication | None, refusals: tuple[Refusal, ...]) -> None:
        from explainer.publish import Result
        from explainer.publish.report import as_json, refusals_text

        self.status = max(self.status, CONTENT_ERRORS)
        self.results.append(as_json(name, publication, refusals, Result("refused")))
        if publication and self.options["format"] == "text" and self.options["dry_run"]:
            self._plan(publication)
        echo(refusals_text(name, refusals))

    def _fail(self, name: str, error: Any) -> None:
        from explainer.publish import Result
        from explainer.publish.report import as_json

        self.status = ENVIRONMENT_FAILED
        self.results.append(as_json(name, None, (), Result("failed", error=str(error), hint=error.hint)))
        echo(f"{name}: error: {error}")
        if error.hint:
            echo(f"  hint: {error.hint}")

    def _report(self, publication: Publication, result: Result) -> None:
        from explainer.publish.report import as_json, result_text, warnings_of

        self.results.append(as_json(publication.target.name, publication, (), result))
        failed = result.outcome in {"failed", "unverified"}
        if self.options["quiet"] and not failed and result.checked:
            for line in warnings_of(result.checked):
                echo(f"{publication.target.name}:{line}")
        if failed or (self.options["format"] == "text" and not self.options["quiet"]):
            text = result_text(publication, result)
            if text:
                echo(text, err=failed or self.options["format"] == "json")
