"""Posts as each service takes them: its JSON, its limits, and strangers' texts as nothing but text. Pure.

Nobody is notified by a title: mentions, channel links and markup in texts of strangers are taken apart, besides
what each service offers against them. What does not fit is left out from the end, and counted.

Limits and markup are those of the services' own documentation: Slack, "Reference: blocks"; Discord, "Execute Webhook"
and "Embed limits"; Mattermost, "Incoming webhooks"; ntfy, "Publish as JSON" and its default message limit.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from digest.render.commonmark import escape
from digest.render.posts import Post, PostEntry
from digest.render.untrusted import ZERO_WIDTH, cut, inert
from digest.render.wording import count_words

#: Slack: blocks of a message, characters of a section and of a header. Discord: characters of a message, of an
#: embed's description and title, and of all embeds; embeds. Mattermost: characters of a post. ntfy: bytes.
SLACK_BLOCKS, SLACK_SECTION, SLACK_HEADER = 50, 3_000, 150
DISCORD_CONTENT, DISCORD_DESCRIPTION, DISCORD_TITLE, DISCORD_ALL, DISCORD_EMBEDS = 2_000, 4_096, 256, 6_000, 10
MATTERMOST_TEXT = 16_383
NTFY_MESSAGE, NTFY_TITLE = 4_096, 200
#: Bytes of a generic payload: much more than a post has.
WEBHOOK_BODY = 64_000
#: An address longer than this would leave no space for others.
_LONGEST_URL = 600
#: Colours of Discord's embeds by the section's first word, as in the digest.
_COLOURS = {"letter": 0x4F46E5, "envelope": 0xB45309, "stretch": 0x047857}

Payload = dict[str, Any]


def payload(kind: str, post: Post, *, identity: str, topic: str = "") -> Payload:
    """The JSON of a post for a kind of service; *identity* names the delivery, *topic* is ntfy's.

    It has the post whole, or with fewer words beside the titles, or without any, or with fewer works.
    """
    draw, fits = _FORMATS[kind]
    whole = _bounded(post)
    bare = _with_words(whole, 0)
    for smaller in (whole, _with_words(whole, 80), bare):
        drawn = draw(smaller, 0)
        if fits(drawn):
            break
    else:
        drawn = _with_fewer_works(bare, draw, fits)
    if kind == "webhook":
        drawn = {"id": identity, **drawn}
    return {"topic": topic, **drawn} if topic else drawn


def _with_fewer_works(post: Post, draw: Callable[[Post, int], Payload], fits: Callable[[Payload], bool]) -> Payload:
    """The post without as many of its last works as it takes to fit."""
    total = len(post.entries)

    def without(count: int) -> Payload:
        return draw(_first_entries(post, total - count), count)

    return without(bisect_left(range(total), True, lo=min(1, total), key=lambda count: fits(without(count))))


def _with_words(post: Post, most: int) -> Post:
    sections = tuple(
        replace(one, entries=tuple(replace(e, words=cut(e.words, most) if most else "") for e in one.entries))
        for one in post.sections
    )
    return replace(post, sections=sections)


def _first_entries(post: Post, count: int) -> Post:
    sections = []
    for section in post.sections:
        kept = section.entries[:count]
        count -= len(kept)
        if kept:
            sections.append(replace(section, entries=kept))
    return replace(post, sections=tuple(sections))


def _bounded(post: Post) -> Post:
    """Titles and numbers at a length that every service takes, and no address that is longer than a line."""

    def bounded(entry: PostEntry) -> PostEntry:
        return replace(entry, url=entry.url if len(entry.url) <= _LONGEST_URL else "")

    sections = tuple(replace(one, entries=tuple(map(bounded, one.entries))) for one in post.sections)
    return replace(
        post,
        title=cut(post.title, 120),
        numbers=cut(post.numbers, 400),
        empty=cut(post.empty, 600),
        first=bounded(post.first) if post.first else None,
        sections=sections,
    )


def _more(left_out: int, post: Post) -> str:
    return f"And {count_words(left_out, 'more work')} in the {'digest' if post.event == 'issue' else 'full recap'}."


# Slack


def _slack(post: Post, left_out: int) -> Payload:
    blocks: list[Payload] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": cut(inert(post.title), SLACK_HEADER), "emoji": False},
        },
        _slack_section(_slack_text(post.numbers)),
    ]
    if post.first:
        blocks.append(_slack_section(f"*If you read one thing:* {_slack_link(post.first)}"))
    if post.empty:
        blocks.append(_slack_section(_slack_text(post.empty)))
    number = 0
    for section in post.sections:
        lines = [f"*{_slack_text(section.title)}*"]
        for entry in section.entries:
            number += 1
            line = f"{number}. {_slack_link(entry)}{_slack_words(entry)}"
            if len("\n".join([*lines, line])) > SLACK_SECTION:
                blocks.append(_slack_section("\n".join(lines)))
                lines = []
            lines.append(line)
        blocks.append(_slack_section("\n".join(lines)))
    if left_out:
        blocks.append(_slack_section(_more(left_out, post)))
    fallback = _slack_text(f"{post.title}. {post.numbers}")
    return {"text": fallback, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _slack_section(text: str) -> Payload:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _slack_text(text: str) -> str:
    """Slack escapes three characters; those that would format are replaced by ones that look like them."""
    text = inert(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"(?<!\w)_|_(?!\w)", f"{ZERO_WIDTH}_{ZERO_WIDTH}", text)
    return text.translate({ord("*"): "∗", ord("`"): "ˋ", ord("~"): "∼"})


def _slack_link(entry: PostEntry) -> str:
    title = _slack_text(entry.title)
    if not entry.url:
        return title
    return f"<{entry.url.replace('&', '&amp;')}|{title.replace('|', '¦')}>"


def _slack_words(entry: PostEntry) -> str:
    if not entry.words:
        return ""
    return f"\n> {_slack_text(entry.words)}" if entry.quoted else f"\n{_slack_text(entry.words)}"


def _slack_fits(drawn: Payload) -> bool:
    texts = [len(block["text"]["text"]) for block in drawn["blocks"]]
    return len(texts) <= SLACK_BLOCKS and max(texts) <= SLACK_SECTION


# Discord


def _discord(post: Post, left_out: int) -> Payload:
    lines = [f"**{_discord_text(post.title)}**", _discord_text(post.numbers)]
    if post.first:
        lines.append(f"**If you read one thing:** {_discord_link(post.first, quiet=True)}")
    if post.empty:
        lines.append(_discord_text(post.empty))
    if left_out:
        lines.append(_more(left_out, post))
    embeds, number = [], 0
    for section in post.sections:
        said = []
        for entry in section.entries:
            number += 1
            words = f"\n{'> ' if entry.quoted else ''}{_discord_text(entry.words)}" if entry.words else ""
            said.append(f"{number}\\. {_discord_link(entry)}{words}")
        colour = next((value for name, value in _COLOURS.items() if name in section.title.casefold()), 0x57606A)
        embeds.append(
            {"title": cut(_discord_text(section.title), DISCORD_TITLE), "description": "\n".join(said), "color": colour}
        )
    return {"content": "\n".join(lines), "embeds": embeds, "allowed_mentions": {"parse": []}}


def _discord_text(text: str) -> str:
    return re.sub(r"([\\*_~`|<>\[\]()#])", r"\\\1", inert(text))


def _discord_link(entry: PostEntry, *, quiet: bool = False) -> str:
    """A link; a *quiet* one brings no preview."""
    if not entry.url:
        return _discord_text(entry.title)
    return f"[{_discord_text(entry.title)}]({f'<{entry.url}>' if quiet else entry.url})"


def _discord_fits(drawn: Payload) -> bool:
    embeds = drawn["embeds"]
    sizes = [len(one["title"]) + len(one["description"]) for one in embeds]
    return (
        len(drawn["content"]) <= DISCORD_CONTENT
        and len(embeds) <= DISCORD_EMBEDS
        and all(len(one["description"]) <= DISCORD_DESCRIPTION for one in embeds)
        and sum(sizes) <= DISCORD_ALL
    )


# Mattermost


def _mattermost(post: Post, left_out: int) -> Payload:
    lines = [f"#### {_mattermost_text(post.title)}", "", _mattermost_text(post.numbers)]
    if post.first:
        lines += ["", f"**If you read one thing:** {_mattermost_link(post.first)}"]
    if post.empty:
        lines += ["", _mattermost_text(post.empty)]
    number = 0
    for section in post.sections:
        lines += ["", f"**{_mattermost_text(section.title)}**", ""]
        for entry in section.entries:
            number += 1
            lines.append(f"{number}. {_mattermost_link(entry)}")
            if entry.words:
                lines.append(f"   {'> ' if entry.quoted else ''}{_mattermost_text(entry.words)}")
    if left_out:
        lines += ["", _more(left_out, post)]
    return {"text": "\n".join(lines)}


def _mattermost_text(text: str) -> str:
    return re.sub(r"~(?=\w)", f"~{ZERO_WIDTH}", escape(inert(text)))


def _mattermost_link(entry: PostEntry) -> str:
    return f"[{_mattermost_text(entry.title)}]({entry.url})" if entry.url else _mattermost_text(entry.title)


# ntfy, and any other webhook


def _plain(post: Post, left_out: int) -> str:
    lines = [post.numbers]
    if post.first:
        lines += ["", f"If you read one thing: {post.first.title}"]
    if post.empty:
        lines += ["", post.empty]
    number = 0
    for section in post.sections:
        lines += ["", section.title]
        for entry in section.entries:
            number += 1
            words = [f"“{entry.words}”" if entry.quoted else entry.words] if entry.words else []
            lines += [f"{number}. {entry.title}", *([entry.url] if entry.url else []), *words]
    if left_out:
        lines += ["", _more(left_out, post)]
    return "\n".join(lines)


def _ntfy(post: Post, left_out: int) -> Payload:
    """Plain text, which phones show; a tap opens what to read first."""
    opened = post.first or next(iter(post.entries), None)
    click = {"click": opened.url} if opened and opened.url else {}
    return {"title": cut(post.title, NTFY_TITLE), "message": _plain(post, left_out), "tags": ["books"], **click}


def _webhook(post: Post, left_out: int) -> Payload:
    return {
        "event": post.event,
        "title": post.title,
        "numbers": post.numbers,
        "first": _fields(post.first) if post.first else None,
        "sections": [{"title": one.title, "entries": [_fields(e) for e in one.entries]} for one in post.sections],
        "left_out": left_out,
        "text": _plain(post, left_out),
    }


def _fields(entry: PostEntry) -> Payload:
    return {"title": entry.title, "url": entry.url, "words": entry.words, "quoted": entry.quoted}


def encoded(drawn: Mapping[str, Any]) -> bytes:
    """The body that is sent."""
    return json.dumps(drawn, ensure_ascii=False).encode("utf-8", errors="replace")


_FORMATS: dict[str, tuple[Callable[[Post, int], Payload], Callable[[Payload], bool]]] = {
    "slack": (_slack, _slack_fits),
    "discord": (_discord, _discord_fits),
    "mattermost": (_mattermost, lambda drawn: len(drawn["text"]) <= MATTERMOST_TEXT),
    "ntfy": (_ntfy, lambda drawn: len(drawn["message"].encode()) <= NTFY_MESSAGE),
    "webhook": (_webhook, lambda drawn: len(encoded(drawn)) <= WEBHOOK_BODY),
}
