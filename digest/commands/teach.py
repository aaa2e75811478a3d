"""`digest teach`: ten titles at a time, yes or no, and taking the answers back."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import TEACH, add_command
from digest.commands.learn import undone
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    configuration_of,
    json_option,
    moment,
)
from digest.render.wording import count_words

if TYPE_CHECKING:
    from digest.workflows.teaching import AnswerResult, Question

_HINT = "y yes · n no · s skip · u back one · q enough"
_ITEMS = "ITEM,..."


def register(root: typer.Typer) -> None:
    add_command(
        root,
        teach,
        "digest teach",
        "digest teach --list --json",
        "digest teach --yes a1b2,c3d4 --no e5f6",
        "digest teach --undo",
        panel=TEACH,
        name="teach",
    )


def teach(
    context: typer.Context,
    listed: Annotated[bool, typer.Option("--list", help="Only print the titles.")] = False,
    json: Annotated[bool, json_option("the titles, without asking")] = False,
    yes: Annotated[
        list[str] | None, typer.Option("--yes", metavar=_ITEMS, help="Like these items without asking.")
    ] = None,
    no: Annotated[
        list[str] | None, typer.Option("--no", metavar=_ITEMS, help="Dislike these items without asking.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the whole of the last lesson.")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Answer yes or no to the ten titles that would teach the ranking most.

    A yes is a like, a no a dislike. Type y, n, s (skip), u (back one) or q (quit), or pipe one answer per line.
    """
    from digest.commands.output import print_rows
    from digest.workflows import importing_likes, teaching

    if (listed or json) + bool(yes or no) + undo > 1:
        raise typer.BadParameter("only one of --list, --yes with --no, and --undo", param_hint="--undo")
    settings, at = configuration_of(context, config, learner), moment(now)
    if undo:
        print(undone(importing_likes.undo(settings, at, origin=teaching.ORIGIN, wait=wait), "lesson"))
        return
    if yes or no:
        said = teaching.resolve_answers(settings, _items(yes), _items(no), wait=wait)
    else:
        questions = teaching.next_questions(settings, at, wait=wait)
        if listed or json:
            print_rows(COLUMNS, [_row(one) for one in questions], form="json" if json else "table")
            return
        if not questions:
            print("there is nothing to ask about: every work was marked")
            return
        said = converse(questions, _line, lambda text: print(text, end="", flush=True))
    print(_told(teaching.store_answers(settings, said, at, wait=wait)) if said else "nothing was answered")


COLUMNS = ("item_id", "title", "source", "published_at", "url", "excerpt")


def converse(questions: "Sequence[Question]", read: Callable[[], str], show: Callable[[str], None]) -> dict[str, bool]:
    """Ask one after the other; the end of what is read ends the lesson, and what was said so far counts."""
    said: dict[str, bool] = {}
    place = 0
    show(f"{_HINT}\n")
    while place < len(questions):
        one = questions[place]
        show(_shown(one, place + 1, len(questions)))
        line = read()
        match line.strip().lower()[:1]:
            case "y" | "n" as word:
                said[one.item_id] = word == "y"
                place += 1
            case "s":
                said.pop(one.item_id, None)
                place += 1
            case "u":
                place = max(place - 1, 0)
                said.pop(questions[place].item_id, None)
            case "q":
                break
            case _ if not line:
                show("\n")
                break
            case _:
                show(f"{_HINT}\n")
    return said


def _line() -> str:
    """The next answer; from a file or a pipe it is shown as if it had been typed."""
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        print(line.rstrip("\n"))
    return line


def _shown(one: "Question", number: int, count: int) -> str:
    from digest.commands.output import title_of
    from digest.printable import one_line, visible

    day = f" · {one.published_at:%Y-%m-%d}" if one.published_at else ""
    excerpt = f"      {visible(one.excerpt)}\n" if one.excerpt else ""
    return f"\n{number:2}/{count} {one_line(title_of(one.title))}\n      {visible(one.source)}{day}\n{excerpt}      y/n/s/u/q? "


def _items(typed: list[str] | None) -> list[str]:
    return [one.strip() for some in typed or () for one in some.split(",") if one.strip()]


def _row(one: "Question") -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in COLUMNS)


def _told(taught: "AnswerResult") -> str:
    """One or two lines for people."""
    said = f"{count_words(taught.likes, 'like')} and {count_words(taught.dislikes, 'dislike')}"
    lines = [f"{said}; the next ranking learns from them, `digest teach --undo` takes them back"]
    if taught.period:
        lines.append(
            f"of the best {taught.kept} works of {taught.period} by relevance, {taught.changed} would be others now"
        )
    return "\n".join(lines)
