"""status: sentences for people, with what to do at the end."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digest.commands.status import told
from tests.commands.conftest import Command

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACTS: dict[str, Any] = {
    "archive": "digest.duckdb",
    "served_by": "pid 7",
    "held_by": None,
    "items": 1200,
    "works": 1100,
    "last_issue": "2026-W46",
    "next_issue": NOW + 3 * HOUR,
    "issue_due": False,
    "paused_until": None,
    "undelivered": [],
    "waiting_in_spool": 0,
    "sources": 3,
    "last_fetch": NOW - HOUR,
    "next_fetch": NOW + HOUR,
    "due": 0,
    "ailing": [],
}


def lines(wrong: list[str] | None = None, **changed: Any) -> list[str]:  # noqa: ANN401 - any fact
    return list(told(FACTS | changed, wrong or [], NOW, UTC))


def test_all_is_well() -> None:
    """Whole sentences, and that nothing is to be done."""
    assert lines() == [
        "The last issue was 2026-W46.",
        "The next one is due Fri 2026-11-20 12:00.",
        "3 sources, none failing; last fetched Fri 2026-11-20 08:00, the next is due Fri 2026-11-20 10:00.",
        "1,200 items of 1,100 works are in digest.duckdb.",
        "`digest serve` is running (pid 7).",
        "",
        "There is nothing to do.",
    ]


def test_what_is_wrong_comes_with_what_to_do() -> None:
    """Each kind of trouble names the command that helps."""
    failing = lines(["A: answered 404"], ailing=[{"source": "A"}])
    late = lines(issue_due=True, next_issue=NOW - HOUR)
    unsent = lines(["email to ada: failed"], undelivered=[{}])

    assert "- A: answered 404" in failing
    assert failing[failing.index("To do:") + 1].startswith('- `digest fetch "A"`')
    assert "The next one was due Fri 2026-11-20 08:00." in late
    assert late[-1].startswith("- `digest run` writes the issue that is due")
    assert unsent[-1] == "- `digest send` tries again to deliver"


def test_before_the_first_run() -> None:
    """There is no archive, and one command makes it."""
    first = {name: FACTS[name] for name in ("archive", "held_by", "waiting_in_spool", "sources", "ailing")}
    said = list(told(first | dict.fromkeys(("served_by", "last_fetch", "next_fetch")) | {"due": 3}, [], NOW, UTC))

    assert "3 sources, never fetched." in said
    assert said[-1] == "- `digest run --issue` fetches everything and writes the first issue"


def test_it_reads_like_an_answer(digest: Command, home: Path) -> None:
    """No True, no seconds, no offsets, no empty table; --json keeps every fact."""
    config = ("--now", "2026-11-20T09:00:00Z", "--config", home / "sources.toml")

    said = digest("status", *config).out
    [facts] = json.loads(digest("status", "--json", *config).out)

    assert not [word for word in ("True", "None", "+00:00", "09:00:00", "───", "[]") if word in said]
    assert said.splitlines()[-1] == "There is nothing to do."
    assert {"items", "works", "next_issue", "ailing", "undelivered", "sent_in_doubt"} <= facts.keys()
