"""Time the issues of many learners of a dataset, and compare a sample with those that one machine writes.

Processor seconds of one worker, and of one machine that builds some of the same issues one after the other. Items are
made up, and every learner has a focus, marks and past issues of their own. `bench_cluster` uses `measure`.
"""

import os
import shutil
import time
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from made_up_archive import NOW

if TYPE_CHECKING:
    from digest.cluster.dataset import Dataset
    from digest.cluster.engine import Engine
    from digest.cluster.issuing import IssueRun
    from digest.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What issues cost, in processor seconds a learner, and how many of a sample were equal."""

    learners: int
    #: ranked and built by workers
    ranked: float
    built: float
    #: built on one machine, one after the other
    alone: float
    compared: int
    equal: int


def measure(archive: Path, folder: Path, engine: "Engine", *, learners: int, sample: int) -> Measured:
    """Issues of so many learners over a copy of a made-up archive, and those of a sample as one machine writes them."""
    config, dataset = _prepared(archive, folder, learners)
    from digest.cluster.embed import embed_dataset
    from digest.cluster.export import export_dataset
    from digest.cluster.issuing import issue_dataset

    export_dataset(config, dataset)
    embed_dataset(dataset, engine, folder=config.folder)
    done = issue_dataset(dataset, engine, NOW, folder=config.folder, all_now=True)
    assert not done.failed, [step.failures for step in done.steps]
    assert not done.problems, done.problems
    spent = {step.step: step.processor_seconds for step in done.steps}
    chosen = config.learners[:: max(1, learners // sample)][:sample]
    written, seconds = _alone(chosen, done)
    published = {
        name.removeprefix(f"{task.folder}/"): dataset.read(name)
        for task in done.tasks
        for name in dataset.files(task.folder)
    }
    equal = sum(all(published.get(name) == content for name, content in held.items()) for held in written)
    return Measured(
        learners=learners,
        ranked=sum(seconds for step, seconds in spent.items() if step != "issue") / learners,
        built=spent["issue"] / learners,
        alone=seconds / len(chosen),
        compared=len(chosen),
        equal=equal,
    )


def _prepared(archive: Path, folder: Path, learners: int) -> "tuple[Config, Dataset]":
    """A home with so many learners, who all have a past, and where its dataset will be."""
    from digest.cluster.dataset import Dataset
    from digest.config import load_config

    shutil.copytree(archive, folder)
    others = _script("bench_learners")
    others.declare(folder, learners)
    settings = folder / "sources.toml"
    # The second model's time is another question, and the same for both.
    settings.write_text(f'[embedding]\nreranker = "none"\n{settings.read_text()}')
    others.give_everybody_a_past(folder)
    config = load_config(settings)
    _embed_all(config)
    return config, Dataset(str(folder / "set"))


def _embed_all(config: "Config") -> None:
    """Give old items the vectors of their texts: in the made-up archive they lie near their subjects."""
    from digest.judge.embedding import load_model
    from digest.workflows import embedding
    from digest.workflows.opening import opened

    model = load_model("bundled", folder=config.folder)
    with opened(config) as db:
        db.execute(f"delete from core.vectors_{model.dimensions}")
    embedding.embed(config, model, NOW)


def _alone(chosen: "list[Config] | tuple[Config, ...]", done: "IssueRun") -> tuple[list[dict[str, bytes]], float]:
    """The files of these learners' issues as one machine writes them, and the processor seconds of building them."""
    from digest.deliver import files
    from digest.judge.embedding import load_model
    from digest.workflows import building, ranking_together
    from digest.workflows.shared_reading import SharedReading

    model = load_model("bundled", folder=chosen[0].folder)
    ranking_together.EVERYTHING = 0  # as for all learners together
    ranked = ranking_together.rank_all(chosen, model, NOW)
    reading, seconds, written = SharedReading(since=done.plan.compared_since), 0.0, []
    for one in chosen:
        started = time.process_time()
        issue = building.build(one, ranked[one.learner_id], NOW, wait=1, reading=reading)
        seconds += time.process_time() - started
        names = {name: files.path_of(Path(), issue.period, name).name for name in one.digest.formats}
        written.append(
            {f"{one.learner_id}/{file}": files.RENDERERS[name](issue).encode() for name, file in names.items()}
        )
    return written, seconds


def _script(name: str) -> Any:  # noqa: ANN401 - a module without a suffix
    loader = SourceFileLoader(name, str(Path(__file__).with_name(name)))
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module
