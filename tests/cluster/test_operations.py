"""The example files for clusters: of the shapes that Ray's launcher and KubeRay read, and closed to strangers."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from digest.cli import app

FOLDER = Path(__file__).parent.parent.parent / "docs" / "cluster"

#: What KubeRay's definition of a RayJob asks of the fields that ours has, in our own words.
CONTAINER = {
    "type": "object",
    "required": ["name", "image", "resources"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},
        "image": {"type": "string", "pattern": "^[^ ]+:[^ :]+$"},
        "env": {"type": "array", "items": {"type": "object", "required": ["name", "value"]}},
        "resources": {"type": "object", "required": ["requests", "limits"]},
    },
}
GROUP = {
    "type": "object",
    "required": ["rayStartParams", "template"],
    "properties": {
        "rayStartParams": {"type": "object", "additionalProperties": {"type": "string"}},
        "template": {
            "type": "object",
            "properties": {
                "spec": {"type": "object", "properties": {"containers": {"items": CONTAINER, "minItems": 1}}}
            },
        },
    },
}
RAYJOB = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "ray.io/v1"},
        "kind": {"const": "RayJob"},
        "spec": {
            "type": "object",
            "required": ["entrypoint", "rayClusterSpec"],
            "properties": {
                "entrypoint": {"type": "string"},
                "submissionMode": {"enum": ["K8sJobMode", "HTTPMode", "SidecarMode"]},
                "rayClusterSpec": {
                    "type": "object",
                    "required": ["rayVersion", "headGroupSpec", "workerGroupSpecs"],
                    "properties": {
                        "headGroupSpec": GROUP,
                        "workerGroupSpecs": {
                            "type": "array",
                            "items": GROUP
                            | {"required": [*GROUP["required"], "groupName", "minReplicas", "maxReplicas"]},
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture(name="launcher")
def _launcher() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "cluster.yaml").read_text())
    return found


@pytest.fixture(name="rayjob")
def _rayjob() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "rayjob.yaml").read_text())
    return found


def containers(rayjob: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cluster = rayjob["spec"]["rayClusterSpec"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        yield from group["template"]["spec"]["containers"]


def test_the_launchers_file_is_one(launcher: dict[str, Any]) -> None:
    """By the schema that Ray itself brings; another key is an error there."""
    ray = find_spec("ray")
    assert ray is not None
    assert ray.origin is not None
    schema = json.loads((Path(ray.origin).parent / "autoscaler" / "ray-schema.json").read_bytes())

    jsonschema.validate(launcher, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(launcher | {"workers": 3}, schema)


def test_the_launchers_nodes_ask_for_a_token_and_report_to_nobody(launcher: dict[str, Any]) -> None:
    """Each `ray start`; the token travels to every node."""
    starts = [
        line
        for name in ("head_start_ray_commands", "worker_start_ray_commands")
        for line in launcher[name]
        if "ray start" in line
    ]

    assert len(starts) == 2
    assert all("RAY_AUTH_MODE=token" in line and "RAY_USAGE_STATS_ENABLED=0" in line for line in starts)
    assert "--include-dashboard=false" in starts[0]
    assert "~/.ray/auth_token" in launcher["file_mounts"]


def test_the_kubernetes_job_is_one(rayjob: dict[str, Any]) -> None:
    """By the fields it has to have."""
    jsonschema.validate(rayjob, RAYJOB)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(rayjob | {"kind": "RayCluster"}, RAYJOB)


def test_the_kubernetes_job_asks_for_a_token_and_reports_to_nobody(rayjob: dict[str, Any]) -> None:
    """In every container, all of one image, which has the Ray that is named."""
    cluster = rayjob["spec"]["rayClusterSpec"]

    assert cluster["authOptions"] == {"mode": "token"}
    assert all({"name": "RAY_USAGE_STATS_ENABLED", "value": "0"} in one["env"] for one in containers(rayjob))
    assert len({one["image"] for one in containers(rayjob)}) == 1
    assert all(one["image"].endswith(f":{cluster['rayVersion']}") for one in containers(rayjob))


def test_the_kubernetes_job_runs_a_command_there_is(rayjob: dict[str, Any]) -> None:
    """With options that it knows."""
    program, *arguments = rayjob["spec"]["entrypoint"].split()
    shown = CliRunner().invoke(app, [*arguments[:2], "--help"], env={"COLUMNS": "200"}).output

    assert program == "digest"
    assert all(argument in shown for argument in arguments if argument.startswith("--"))
