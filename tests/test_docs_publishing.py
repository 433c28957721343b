"""The publishing guides held against the code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from explainer.cli.build import build
from explainer.cli.publish import publish
from explainer.feeds import host_files
from explainer.load.discovery import find_content
from explainer.load.publish_targets import KINDS
from explainer.load.site import load_config
from tests.needs import need_program
from tests.publish_support import a_page, a_site

if TYPE_CHECKING:
    from tests.harness import SiteTest

ROOT = Path(__file__).parents[1]
GUIDES = ROOT / "docs/publishing"
_YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    return (GUIDES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", sorted(path.name for path in GUIDES.glob("*.md")))
def test_targets_in_the_guides_are_sound(guide: str, site: SiteTest) -> None:
    for block in _YAML.findall(text_of(guide)):
        site.write("content/site.yaml", f"title: T\nbase_url: https://post.example/\n{block}")
        loaded = load_config(site.root, find_content(site.root).value)
        assert loaded.diagnostics == ()
        assert loaded.value.library.config.publish


class Runner:
    """Runs a pipeline's lines of shell as CI does, in a clone of a site's repository."""

    def __init__(self, site: SiteTest) -> None:
        a_site(site, pages=2, targets="publish: {live: {to: folder, path: ../www, verify: 0}}\n")
        site.write(".gitignore", "site/\n.explainer/\nbuild/\n")
        self.root, self.www = site.root, site.root.parent / "www"
        tools = site.root.parent / "tools"
        tools.mkdir()
        (tools / "explainer").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m explainer "$@"\n')
        (tools / "explainer").chmod(0o755)
        self.env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        self.env |= {
            f"GIT_{who}_{what}": "a@post.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        self.run("git init -q")
        self.commit()

    def commit(self) -> None:
        self.run("git add -A; git commit -q -m x")

    def run(self, script: str, **env: str) -> None:
        bash = need_program("bash")
        done = subprocess.run(
            [bash, "-e", "-o", "pipefail", "-c", script], cwd=self.root, env={**self.env, **env}, capture_output=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()

    @property
    def reads(self) -> bytes:
        return (self.www / "explainers/page-1/index.html").read_bytes()


def test_the_workflow_publishes_and_rolls_back(site: SiteTest, workflow: dict[Any, Any]) -> None:
    steps = {job: [step["run"] for step in one["steps"] if "run" in step] for job, one in workflow["jobs"].items()}
    build, compare, digest = (line for line in steps["build"] if "pip install" not in line)
    publish, by_hand = (line for line in steps["publish"] if "explainer publish" in line)
    runner = Runner(site)
    files = {name: str(site.root.parent / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    versions = []
    for words in ("First.", "Second."):
        a_page(site, "page-1", words)
        runner.commit()
        runner.run(f"{build}\n{digest}", **files)
        runner.run(f"rm -rf build; cp -r site build; {publish}")
        versions.append(runner.reads)
    runner.run(by_hand, ACTION="rollback", REPLACE="", MAX_DELETES="")
    assert runner.reads == versions[0] != versions[1]
    runner.run(compare, BASE="HEAD~1", **files)
    assert "About page-1" in (site.root / "changes.md").read_text()
    assert "digest=" in (site.root.parent / "GITHUB_OUTPUT").read_text()


def test_the_gitlab_pipeline_publishes_once_and_rolls_back(site: SiteTest) -> None:
    found = yaml.safe_load(text_of("gitlab-ci.yml"))
    build, publish = ("\n".join(found[job]["script"]) for job in ("build", "publish"))
    runner = Runner(site)
    ours = {"CI_COMMIT_SHA": "1" * 40, "REPLACE": "", "MAX_DELETES": ""}
    for words in ("First.", "Second."):
        a_page(site, "page-1", words)
        runner.run(build, CI_PIPELINE_SOURCE="push", **ours)
        runner.run(publish, ACTION="publish", **ours)
    assert b"Second." in runner.reads
    shutil.rmtree(site.out)
    runner.run(publish, ACTION="rollback", **ours)
    assert b"First." in runner.reads
    runner.run(build, CI_PIPELINE_SOURCE="schedule", **ours)
    assert not site.out.exists()
    runner.run(publish, ACTION="publish", **ours)
    assert b"First." in runner.reads


def test_a_rollback_needs_no_build(workflow: dict[Any, Any]) -> None:
    """It must get through where the content has errors."""
    publish = workflow["jobs"]["publish"]
    assert "inputs.action == 'rollback' ||" in publish["if"]
    (download,) = [step for step in publish["steps"] if "download-artifact" in step.get("uses", "")]
    assert download["if"] == "inputs.action != 'rollback'" == workflow["jobs"]["build"]["if"]
    gitlab = yaml.safe_load(text_of("gitlab-ci.yml"))
    assert gitlab["build"]["rules"][0] == {"if": '$ACTION == "rollback"', "when": "never"}
    assert gitlab["publish"]["needs"] == [{"job": "build", "optional": True}]


def test_every_kind_has_a_guide() -> None:
    rows = re.findall(r"^\| .* \| `(\w+)` \| \[.*\]\((.*)\) \|$", text_of("overview.md"), re.MULTILINE)
    assert sorted(kind for kind, _ in rows) == sorted(KINDS)
    for kind, guide in rows:
        assert f"to: {kind}" in text_of(guide)


def test_every_refusal_is_documented() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("explainer/publish/*.py"))
    code += (ROOT / "explainer/cli/publish.py").read_text(encoding="utf-8")
    given = set(re.findall(r'Refusal\(\s*"([a-z-]+)"', code))
    rows = set(
        re.findall(r"^\| `([a-z-]+)` \|", text_of("overview.md").partition("## What the guards")[2], re.MULTILINE)
    )
    assert given <= rows
    assert rows - given <= set(KINDS)


def test_vercel_is_told_the_same_headers() -> None:
    (config,) = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text_of("other-hosts.md"), re.DOTALL)]

    def told(path: str) -> dict[str, str]:
        """As Vercel has it: of several rules that match, the last one counts."""
        rules = [rule["headers"] for rule in config["headers"] if re.fullmatch(rule["source"], path)]
        return {one["key"]: one["value"] for headers in rules for one in headers}

    again, kept = {"Cache-Control": host_files.ASKED_FOR_AGAIN}, {"Cache-Control": host_files.KEPT_FOR_GOOD}
    for path in ("/", "/404.html", "/explainers/one/", "/embedded/"):
        assert told(path) == {**host_files.EVERYWHERE, **again}
    assert told("/embed/one/x/") == {**host_files.FRAMEABLE, **again}
    assert told("/static/style.4d7e1c4d3c.css") == {**host_files.EVERYWHERE, **kept}


def test_the_gitlab_pipeline_keeps_credentials_to_its_last_job() -> None:
    found = yaml.safe_load(text_of("gitlab-ci.yml"))
    assert "SSH_KEY" not in str(found["build"])
    assert found["publish"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert found["publish"]["resource_group"]
    assert not any("explainer build" in line for line in found["publish"]["script"])
    assert found["default"]["timeout"]


@pytest.fixture
def workflow() -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(text_of("workflow.yml"))
    return found


def test_pull_requests_get_no_secret_and_publish_nothing(workflow: dict[Any, Any]) -> None:
    assert "pull_request" in workflow[True]  # YAML 1.1 takes `on` for true
    assert "pull_request_target" not in workflow[True]
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert "secrets." not in str(build)
    assert workflow["permissions"] == {"contents": "read"}
    assert "refs/heads/main" in publish["if"]
    assert publish["needs"] == "build"
    assert not any("explainer build" in step.get("run", "") for step in publish["steps"])


def test_the_artifact_keeps_the_marker_and_history_is_whole(workflow: dict[Any, Any]) -> None:
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    uploads = [step for step in steps if step.get("uses", "").startswith("actions/upload-artifact")]
    (upload,) = [step for step in uploads if step["with"]["name"] == "site"]
    assert upload["with"]["include-hidden-files"] is True
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout")]
    assert [step["with"]["fetch-depth"] for step in checkouts] == [0, 0]


def test_actions_are_pinned_and_jobs_end(workflow: dict[Any, Any]) -> None:
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 30
        for step in job["steps"]:
            assert "uses" not in step or re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"])


def test_only_the_job_that_runs_nothing_of_the_site_may_write_a_comment(workflow: dict[Any, Any]) -> None:
    comment = workflow["jobs"]["comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    assert not any(
        "checkout" in step.get("uses", "") or "explainer " in step.get("run", "") for step in comment["steps"]
    )
    assert "full_name == github.repository" in comment["if"]


def test_the_commands_of_the_workflow_are_there(workflow: dict[Any, Any]) -> None:
    lines = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    commands = [line.split()[1:] for line in lines if line.startswith("explainer ")]
    assert [command[0] for command in commands] == ["build", "publish"]
    for name, *arguments in commands:
        {"build": build, "publish": publish}[name].make_context(name, arguments)
