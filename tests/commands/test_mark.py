"""mark: by command, by ticks, by mail, and what it does to the views."""

import json
import re
import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.commands.conftest import Command


def ask(digest: Command, home: Path, sql: str) -> list[dict[str, object]]:
    return list(json.loads(digest("query", sql, "--json", "--config", home / "sources.toml").out))


def test_a_mark_shows_in_the_views_and_in_the_next_ranking(digest: Command, home: Path) -> None:
    """Marked, ranked, taken back: `marks` has what holds, `marks_all` everything."""
    config = ("--config", home / "sources.toml")
    [first] = ask(digest, home, "select item_id from picks order by rank limit 1")
    item = first["item_id"]

    marked = digest("mark", item, "like", "--now", "2026-11-21T09:00:00Z", *config)
    assert marked.code == 0
    assert marked.out.startswith(f"{item}: like · ")
    assert digest("rank", *config).code == 0
    assert ask(digest, home, "select item_id, mark, marked_at, origin from marks") == [
        {"item_id": item, "mark": "like", "marked_at": "2026-11-21T09:00:00Z", "origin": "command"}
    ]
    assert ask(digest, home, f"select parts['marks'] <> 0 as heard from scores where item_id = '{item}'") == [
        {"heard": True}
    ]

    digest("mark", item, "like", "--undo", "--now", "2026-11-21T10:00:00Z", *config)
    assert ask(digest, home, "select count(*) as n from marks") == [{"n": 0}]
    assert ask(digest, home, "select mark from marks_all") == [{"mark": "like"}, {"mark": "not like"}]


def test_a_tick_is_heard_by_the_next_ranking(digest: Command, home: Path) -> None:
    """Ticking a box in the written digest is all it takes; drawing it again forgets nothing and shows it."""
    config = ("--config", home / "sources.toml")
    written = home / "digests" / "2026-W47.md"
    written.write_text(written.read_text(encoding="utf-8").replace("[ ] save", "[x] save", 1), encoding="utf-8")

    digest("rank", *config)
    digest("build", "2026-W47", *config)
    digest("rank", *config)

    assert ask(digest, home, "select mark, origin from marks") == [{"mark": "save", "origin": "markdown"}]
    assert written.read_text(encoding="utf-8").count("[x]") == 1


def test_several_items_and_several_marks(digest: Command, home: Path) -> None:
    """Items by id, arXiv id and address, then the marks; an item that there is not marks none of them."""
    config = ("--config", home / "sources.toml")
    [paper] = ask(digest, home, "from items where kind = 'arxiv' limit 1")
    alone = "qualify count(*) over (partition by split_part(url, '?', 1)) = 1"
    [post] = ask(digest, home, f"from items where arxiv_id is null and url like '%/%/%/%' {alone} limit 1")

    refused = digest("mark", paper["item_id"], "zzzz", "like", *config)
    nothing = ask(digest, home, "from marks")
    done = digest("mark", f"arXiv:{paper['arxiv_id']}v2", f"{post['url']}?utm_source=x", "like", "save", *config)
    undone = digest("mark", post["item_id"], paper["item_id"], "--undo", *config)

    assert (refused.code, nothing) == (1, [])
    assert [line.partition(" · ")[0] for line in done.out.splitlines()] == [
        f"{paper['item_id']}: like, save",
        f"{post['item_id']}: like, save",
    ]
    assert [line.partition(" · ")[0] for line in undone.out.splitlines()] == [
        f"{post['item_id']}: no mark",
        f"{paper['item_id']}: no mark",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("mark", "a", "love"),
        ("mark", "a"),
        ("mark", "like"),
        ("mark", "a", "like", "dislike"),
        ("mark", "a", "", "--undo", "more"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(digest: Command, demo_folder: Path, arguments: tuple[str, ...]) -> None:
    """Exit 2, as for any mistyped command."""
    assert digest(*arguments, "--config", demo_folder / "sources.toml").code == 2


def test_an_unknown_item_is_a_named_failure(digest: Command, demo_folder: Path) -> None:
    """Exit 1 and one line."""
    done = digest("mark", "zzzz", "like", "--config", demo_folder / "sources.toml")

    assert (done.code, done.err) == (1, "digest: there is no item 'zzzz'\n")


MARKS = """
[email]
to = ["ada@example.net"]
from = "Digest <digest@example.org>"
host = "127.0.0.1"
security = "none"

[marks]
maildir = "marks"
"""


def with_marks(home: Path) -> Path:
    path = home / "sources.toml"
    path.write_text(path.read_text(encoding="utf-8") + MARKS, encoding="utf-8")
    for part in ("new", "cur"):
        (home / "marks" / part).mkdir(parents=True)
    return path


def test_a_reply_is_heard_by_the_next_run(digest: Command, home: Path, tmp_path: Path) -> None:
    """From the link in a preview; said in one line, and once. The key is in nothing that is shown."""
    config = ("--config", with_marks(home))
    shown = digest("send", "--preview", tmp_path / "mail.eml", *config)
    mail = message_from_bytes((tmp_path / "mail.eml").read_bytes(), policy=default)
    link = re.search(r'href="(mailto:digest@example.org[^"]*)"', mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert link is not None
    [line] = parse_qs(urlsplit(link[1]).query)["subject"]
    (home / "marks" / "new" / "1").write_text(f"Subject: Re: {line}\nMessage-ID: <1@a>\n\n", encoding="utf-8")

    now = ("--now", "2026-11-20T09:30:00Z")
    first, again = digest("fetch", *now, *config), digest("run", *now, *config)

    assert (first.code, again.code) == (0, 0)
    assert first.err.splitlines()[-1] == "digest: 1 mark by mail"
    assert "heard" not in again.err
    assert ask(digest, home, "select mark, origin from marks") == [{"mark": line.split()[1], "origin": "mail"}]
    [file] = home.glob("*.spool/marking.key")
    said = [text for done in (shown, first, again) for text in (done.out, done.err)]
    assert not any(file.read_text() in text for text in [*said, str(mail)])


def test_where_replies_cannot_be_collected_nothing_fails(digest: Command, home: Path, tmp_path: Path) -> None:
    """One line, as for a source that fails; `check --probe` says it before anybody waits for a mark."""
    config = ("--config", with_marks(home))
    digest("send", "--preview", tmp_path / "mail.eml", *config)
    good = digest("check", "--probe", *config)
    shutil.rmtree(home / "marks")
    done = digest("fetch", "--now", "2026-11-20T09:30:00Z", *config)

    assert done.code == 0
    assert done.err.count("marks by mail: ") == 1
    assert "not a maildir" in done.err
    assert "✓ marks by mail: marks, 0 mails that may be replies" in good.out
    assert "✗ marks by mail: " in digest("check", "--probe", *config).out
