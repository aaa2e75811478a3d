"""Each service's limits hold whatever is posted, and titles of strangers are nothing but text."""

import json

import pytest

from digest.deliver.post_channel import POSTED
from digest.deliver.post_formats import (
    DISCORD_ALL,
    DISCORD_CONTENT,
    DISCORD_DESCRIPTION,
    MATTERMOST_TEXT,
    NTFY_MESSAGE,
    SLACK_BLOCKS,
    SLACK_SECTION,
    WEBHOOK_BODY,
    encoded,
    payload,
)
from digest.render.posts import Post, PostEntry, PostSection
from digest.render.untrusted import ZERO_WIDTH

NASTY = "@everyone <!channel> <@U123> [x](https://evil.example) *b* `c` |d| ~e~ www.evil.example #general & <script>"


def entry(number: int = 1, **changes: object) -> PostEntry:
    fields = {"title": f"Work {number}", "url": f"https://example.org/{number}", "words": "matches “x”: y"} | changes
    return PostEntry(**fields)  # type: ignore[arg-type]


def a_post(*entries: PostEntry, **changes: object) -> Post:
    fields: dict[str, object] = {
        "event": "issue",
        "title": "Ada’s digest · week 12 of 2026",
        "numbers": "412 works seen, 10 kept.",
        "first": entries[0] if entries else None,
        "sections": (PostSection(title="The letter: models, theory, papers", entries=entries),) if entries else (),
    }
    return Post(**fields | changes)  # type: ignore[arg-type]


def sizes_hold(kind: str, drawn: dict[str, object]) -> bool:
    match kind:
        case "slack":
            blocks = drawn["blocks"]
            assert isinstance(blocks, list)
            return len(blocks) <= SLACK_BLOCKS and all(len(one["text"]["text"]) <= SLACK_SECTION for one in blocks)
        case "discord":
            embeds = drawn["embeds"]
            assert isinstance(embeds, list)
            return (
                len(str(drawn["content"])) <= DISCORD_CONTENT
                and len(embeds) <= 10
                and all(len(one["description"]) <= DISCORD_DESCRIPTION and len(one["title"]) <= 256 for one in embeds)
                and sum(len(one["description"]) + len(one["title"]) for one in embeds) <= DISCORD_ALL
            )
        case "mattermost":
            return len(str(drawn["text"])) <= MATTERMOST_TEXT
        case "ntfy":
            return len(str(drawn["message"]).encode()) <= NTFY_MESSAGE
        case _:
            return len(encoded(drawn)) <= WEBHOOK_BODY


@pytest.mark.parametrize("kind", sorted(POSTED))
@pytest.mark.parametrize("count", [0, 1, 12, 400])
@pytest.mark.parametrize("text", ["short", "long " * 40, "ß€😀" * 60, NASTY])
def test_it_fits_however_much_there_is(kind: str, count: int, text: str) -> None:
    """What does not fit is left out from the end and counted."""
    works = [entry(n, title=text, words=text, url=f"https://example.org/{n}?{'q' * 300}") for n in range(count)]
    drawn = payload(kind, a_post(*works), identity="digest-1", topic="t" if kind == "ntfy" else "")

    assert sizes_hold(kind, drawn)
    text_in_all = json.dumps(drawn, ensure_ascii=False)
    assert count < 400 or "more works in the digest" in text_in_all or kind == "webhook"
    assert not count or "https://example.org/0?" in text_in_all


@pytest.mark.parametrize("kind", ["slack", "discord", "mattermost"])
def test_an_ordinary_issue_is_posted_whole(kind: str) -> None:
    """Twelve picks with their reasons are what these services are for."""
    works = [entry(n, title=f"{n} {'title ' * 12}", words="because " * 15) for n in range(12)]
    text = json.dumps(payload(kind, a_post(*works), identity="x"), ensure_ascii=False)

    assert all(f"https://example.org/{n}" in text for n in range(12))
    assert text.count("because because") >= 12


@pytest.mark.parametrize("kind", ["slack", "discord", "mattermost"])
def test_nobody_is_called_by_a_title(kind: str) -> None:
    """Mentions, channel names and bare addresses are taken apart."""
    text = json.dumps(payload(kind, a_post(entry(title=NASTY, words=NASTY)), identity="x"), ensure_ascii=False)

    for live in ("@everyone", "<!channel>", "<@U123>", "(https://evil.example)", "|https://evil"):
        assert live not in text
    assert f"@{ZERO_WIDTH}everyone" in text


def test_slack_escapes_its_three_characters_and_keeps_links_whole() -> None:
    """A ">" or "|" in a title would end the link early."""
    drawn = payload("slack", a_post(entry(title="a|b>c & d", url="https://example.org/?a=1&b=2")), identity="x")

    assert "<https://example.org/?a=1&amp;b=2|a¦b&gt;c &amp; d>" in drawn["blocks"][2]["text"]["text"]
    assert all(block["text"].get("verbatim", True) for block in drawn["blocks"])


def test_discord_is_told_to_notify_nobody() -> None:
    """Whatever a text manages to say."""
    assert payload("discord", a_post(entry()), identity="x")["allowed_mentions"] == {"parse": []}


def test_an_empty_issue_says_so() -> None:
    """One line in place of a list."""
    for kind in POSTED:
        drawn = payload(kind, a_post(empty="Nothing was near enough to your focus."), identity="x")
        assert "near enough" in json.dumps(drawn)


def test_a_note_is_quoted() -> None:
    """A recap shows whose words they are."""
    drawn = payload("discord", a_post(entry(words="Try this.", quoted=True), event="recap"), identity="x")

    assert "\n> Try this." in drawn["embeds"][0]["description"]


def test_a_webhook_gets_data() -> None:
    """What a script of one's own needs, with the delivery's name."""
    drawn = payload("webhook", a_post(entry(1), entry(2)), identity="digest-7")

    assert (drawn["id"], drawn["event"]) == ("digest-7", "issue")
    assert [one["url"] for one in drawn["sections"][0]["entries"]] == ["https://example.org/1", "https://example.org/2"]
