"""What surrounds the code is sound: packaging, workflows, templates, the Dockerfile."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest.commands.service_units import DOCKERFILE

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
YAML = sorted([*(ROOT / ".github").rglob("*.yml"), ROOT / ".pre-commit-config.yaml", ROOT / "mkdocs.yml"])
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
#: A linter of npm; `.ci/run` installs it, and names it here.
LINTER = os.environ.get("DIGEST_DOCKERFILELINT") or shutil.which("dockerfilelint")


def read(path: Path) -> Any:  # noqa: ANN401 - what YAML holds
    return yaml.safe_load(path.read_text(encoding="utf-8"))


class TestPackage:
    def test_both_names_start_the_command_line(self) -> None:
        """Another package on the index is called digest, so ours answers to its own name too."""
        assert PROJECT["project"]["scripts"] == {"digest": "digest.cli:main", "mldigest": "digest.cli:main"}

    def test_it_carries_its_types(self) -> None:
        """Type checkers of those who import it find them, and the classifiers say so."""
        assert (ROOT / "digest" / "py.typed").is_file()
        assert "Typing :: Typed" in PROJECT["project"]["classifiers"]

    def test_workflows_try_every_python_it_claims(self) -> None:
        """Classifiers, the lower bound and the matrix agree."""
        claimed = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
        matrix = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]

        assert claimed == matrix
        assert PROJECT["project"]["requires-python"] == f">={claimed[0]}"


class TestWorkflows:
    @pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
    def test_are_valid_yaml(self, path: Path) -> None:
        """Each file parses, and says something."""
        assert read(path)

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
    def test_may_do_no_more_than_they_need(self, path: Path) -> None:
        """Nothing by default; each job says what it may, and only publishing may ask for a token."""
        workflow = read(path)
        granted = {name: job["permissions"] for name, job in workflow["jobs"].items()}

        assert workflow["permissions"] == {}
        assert granted.pop("publish", {"id-token": "write"}) == {"id-token": "write"}
        assert all(permissions == {"contents": "read"} for permissions in granted.values())
        assert "secrets." not in path.read_text(encoding="utf-8")

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
    def test_pin_what_they_use(self, path: Path) -> None:
        """Every action by its commit, with its version beside it, because a tag can be moved."""
        used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))

        assert used
        assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
    def test_call_the_projects_own_scripts(self, path: Path) -> None:
        """What they run can be run on any machine."""
        steps = [step for job in read(path)["jobs"].values() for step in job["steps"] if "run" in step]

        for step in steps:
            words = step["run"].split()
            assert words[0] == "docker" or (ROOT / words[0]).stat().st_mode & 0o111


class TestDockerfile:
    def test_is_the_one_that_serve_prints(self) -> None:
        """`digest serve --print docker` and the file in the repository do not part."""
        assert (ROOT / "Dockerfile").read_text(encoding="utf-8") == DOCKERFILE.format(name="sources.toml")

    def test_runs_as_nobody_in_particular_from_a_pinned_base(self) -> None:
        """Its last user is a number and not root, each base has a version, and pip leaves no cache."""
        lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        users = [line.split()[1] for line in lines if line.startswith("USER ")]
        bases = [line.split()[1] for line in lines if line.startswith("FROM ")]

        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])
        assert all(re.fullmatch(r"python:3\.\d+-slim", base) for base in bases)
        assert len(bases) == 2
        assert all("--no-cache-dir" in line for line in lines if "pip install" in line)

    def test_its_commands_are_lists(self) -> None:
        """No shell stands between the program and its signals."""
        lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        commands = [line.partition("[") for line in lines if re.match(r"(CMD|ENTRYPOINT|HEALTHCHECK) ", line)]

        assert len(commands) == 3
        for _, bracket, rest in commands:
            assert json.loads(bracket + rest)

    @pytest.mark.skipif(not LINTER, reason="dockerfilelint is not installed")
    def test_passes_a_linter(self) -> None:
        """dockerfilelint has nothing to say."""
        done = subprocess.run([str(LINTER), ROOT / "Dockerfile"], capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout

    def test_its_context_holds_what_the_package_is_built_from(self) -> None:
        """And neither archives nor environments that lie in the folder."""
        lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        allowed = {line[1:] for line in lines if line.startswith("!")}

        assert "*" in lines
        assert allowed == {"digest", "pyproject.toml", PROJECT["project"]["readme"], "LICENSE"}
