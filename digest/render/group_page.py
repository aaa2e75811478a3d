"""A reading group as Markdown: what it reads now, how that serves each member, whose turn it is, and what came before."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from digest.records import GroupSection, GroupTurn
from digest.render.blocks import markdown_blocks
from digest.render.commonmark import escape, escape_line, link
from digest.render.group_section import group_blocks, presents
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, day_words, list_words, period_words

Past = Sequence[tuple[GroupTurn, GroupSection | None]]


def group_markdown(
    name: str,
    members: Sequence[str],
    past: Past,
    turns: Mapping[str, int],
    next_presenter: str,
    next_issue: dt.datetime | None,
    zone: dt.tzinfo,
) -> str:
    """The page of a group; *past* is oldest first, its last the paper that is read now."""
    blocks = [f"# {escape(shown(name, 80))}", f"{escape(list_words([shown(one, 60) for one in members]))}."]
    blocks += _now(past, zone) if past else ["No paper was chosen yet."]
    if next_issue is not None:
        day = day_words(next_issue.astimezone(zone).date())
        who = "" if past else f" {escape(shown(next_presenter, 60))} presents it."
        blocks.append(f"The next paper is chosen on {day}.{who}")
    if any(turns.values()):
        blocks += ["## Turns", "\n".join(_turns(turns))]
    if past[:-1]:
        blocks += ["## Read before", "\n".join(_before(past[:-1], zone))]
    return "\n\n".join(blocks) + "\n"


def _now(past: Past, zone: dt.tzinfo) -> Iterator[str]:
    turn, section = past[-1]
    yield f"## {escape(period_words(turn.period).capitalize())}"
    if section is None:
        yield escape_line(f"{turn.presenter} presents {turn.item_id}.")
        return
    first, serves = group_blocks(section, zone)
    yield from markdown_blocks([first])
    yield f"**{escape(presents(section))}**"
    yield from markdown_blocks([serves])


def _turns(turns: Mapping[str, int]) -> Iterator[str]:
    for who, count in turns.items():
        yield f"- {escape(shown(who, 60))}: {count_words(count, 'turn')}"


def _before(past: Past, zone: dt.tzinfo) -> Iterator[str]:
    for turn, section in reversed(past):
        day = day_words(turn.ends_at.astimezone(zone).date())
        if section is None:
            yield f"- {turn.item_id}, {day}"
            continue
        title = link(shown(section.paper.title, 200) or "(untitled)", web_address(section.paper.url))
        yield f"- {title}, {day}, presented by {escape(shown(section.presenter, 60))}"
