"""Looking after the archive: export, import, vacuum, doctor."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import CARE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    NowOption,
    WaitOption,
    configuration,
    day,
    json_option,
    moment,
)
from digest.errors import DigestError

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config import Config


def register(root: typer.Typer) -> None:
    add_command(root, doctor, "digest doctor", "digest doctor --repair", panel=CARE, name="doctor")
    add_command(
        root,
        vacuum,
        "digest vacuum",
        "digest vacuum --forget-items-before 2024 --forget-fetches-before 2026-01",
        panel=CARE,
        name="vacuum",
    )
    add_command(
        root,
        export,
        "digest export ~/backup/digest",
        "digest export s3://our-bucket/digest --by week",
        panel=CARE,
        name="export",
    )
    add_command(
        root,
        import_,
        "digest import ~/backup/digest",
        "digest import /srv/digest-dataset --learner Ada --since 2026-01",
        panel=CARE,
        name="import",
    )


class By(StrEnum):
    """How an export is divided."""

    VIEW = "view"
    WEEK = "week"


def export(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A new or empty folder; with --by week a dataset.")],
    by: Annotated[
        By,
        typer.Option(
            "--by", metavar="view|week", help="By view: one file each. By week: a dataset, written or extended."
        ),
    ] = By.VIEW,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Export the archive as Parquet; `digest import` reads it back.

    By week, it becomes a dataset for `digest cluster`: the next export adds what is new and writes the weeks that
    changed again. A dataset may lie under any address that fsspec knows, such as s3://bucket/folder.
    """
    from digest.commands.output import named_steps
    from digest.workflows import maintenance

    settings = configuration(context, config)
    if by == By.WEEK:
        _export_dataset(settings, folder, wait=wait)
        return
    if "://" in folder:
        raise DigestError(f"{folder}: is no folder of this machine; `digest export --by week` writes elsewhere")
    with named_steps("exporting") as step:
        counts = maintenance.export_archive(settings, Path(folder), wait=wait, step=step)
    for view, count in counts.items():
        print(f"{Path(folder) / view}.parquet: {count} rows")


def _export_dataset(settings: "Config", address: str, *, wait: float) -> None:
    from digest.cluster.dataset import Dataset
    from digest.cluster.export import export_dataset
    from digest.cluster.run import TASK
    from digest.commands.output import named_steps
    from digest.store import locks

    dataset = Dataset(address)
    with locks.hold(settings.archive, TASK, wait=wait), named_steps("exporting") as step:
        done = export_dataset(settings, dataset, wait=wait, step=step)
    learners = f"{done.learners} learner{'' if done.learners == 1 else 's'}"
    print(f"{dataset.address}: {done.items} items, {learners}; wrote {done.written} of {done.files} files")


def import_(
    context: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="What `digest export` wrote: a folder, or the address of a dataset.")
    ],
    whose: Annotated[
        str,
        typer.Option("--learner", metavar="NAME", help="From a dataset: take this learner's rows only, by name or id."),
    ] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="From a dataset: leave out the weeks before.")
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Create the archive from what was exported; never overwrite an existing one.

    A slice of a dataset, the items since a date and one learner's rows, is an archive of their own: `digest run` goes
    on with it.
    """
    from digest.cluster.dataset import is_dataset
    from digest.commands.output import named_steps
    from digest.workflows import maintenance

    settings, first = configuration(context, config), day(since, "--since")
    with named_steps("importing") as step:
        if is_dataset(folder):
            count = _import_dataset(settings, folder, whose, first, step)
        elif whose or since or "://" in folder:
            raise DigestError(f"{folder}: is no dataset; `digest export --by week` writes one")
        else:
            count = maintenance.import_archive(settings, Path(folder), step=step)
    print(f"{settings.archive}: {count} items")


def _import_dataset(
    settings: "Config", address: str, learner: str, since: "datetime | None", step: Callable[[str], None]
) -> int:
    from digest.cluster.dataset import Dataset
    from digest.cluster.slices import import_dataset

    week = since.strftime("%G-W%V") if since else ""
    return import_dataset(Dataset(address), settings.archive, learner=learner, since=week, step=step)


def vacuum(
    context: typer.Context,
    items_before: Annotated[
        str,
        typer.Option(
            "--forget-items-before", metavar="DATE", help="Forget older items that were neither kept nor marked."
        ),
    ] = "",
    fetches_before: Annotated[
        str, typer.Option("--forget-fetches-before", metavar="DATE", help="Forget older entries of the fetch log.")
    ] = "",
    learner: Annotated[
        str,
        typer.Option(
            "--forget-learner", metavar="ID", help="Forget the issues, marks and scores of a learner who left."
        ),
    ] = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Compact the archive; delete only what a --forget option names."""
    from digest.commands.output import named_steps
    from digest.store.compaction import Forgetting
    from digest.workflows import maintenance

    forgetting = Forgetting(
        items_before=day(items_before, "--forget-items-before"),
        fetches_before=day(fetches_before, "--forget-fetches-before"),
        learner=learner,
    )
    with named_steps("compacting") as step:
        done = maintenance.vacuum(configuration(context, config), forgetting, wait=wait, step=step)
    if forgetting != Forgetting():
        print(f"forgot {done.items_forgotten} items and {done.fetches_forgotten} visits")
    print(f"{done.bytes_before / 1e6:.1f} MB before, {done.bytes_after / 1e6:.1f} MB now")


def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be repaired without loss.")] = False,
    forget_models: Annotated[
        bool, typer.Option("--forget-models", help="Delete the vectors of models that are no longer used.")
    ] = False,
    json: Annotated[bool, json_option("what was found, one object per check")] = False,
    now: NowOption = None,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Check the archive and the files beside it; exit 1 if something is wrong."""
    from digest.commands.output import print_rows
    from digest.workflows import maintenance

    repairs = maintenance.Repairs(repair=repair, forget_models=forget_models)
    findings = maintenance.examine(configuration(context, config), moment(now), repairs, wait=wait)
    rows = [(one.check, one.state, one.message, one.remedy) for one in findings]
    print_rows(("check", "state", "told", "cure"), rows, form="json" if json else "table")
    if any(one.state == "wrong" for one in findings):
        raise typer.Exit(1)
