"""Looking after the archive: export, import, vacuum, doctor."""

from pathlib import Path
from typing import Annotated

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
    add_command(root, export, "digest export ~/backup/digest", panel=CARE, name="export")
    add_command(root, import_, "digest import ~/backup/digest", panel=CARE, name="import")


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Export the archive as Parquet, one file per view; `digest import` reads it back."""
    from digest.commands.output import named_steps
    from digest.workflows import maintenance

    with named_steps("exporting") as step:
        counts = maintenance.export_archive(configuration(context, config), folder, wait=wait, step=step)
    for view, count in counts.items():
        print(f"{folder / view}.parquet: {count} rows")


def import_(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `digest export` wrote.")],
    config: ConfigOption = None,
) -> None:
    """Create the archive from an exported folder; never overwrite an existing one."""
    from digest.commands.output import named_steps
    from digest.workflows import maintenance

    settings = configuration(context, config)
    with named_steps("importing") as step:
        count = maintenance.import_archive(settings, folder, step=step)
    print(f"{settings.archive}: {count} items")


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
