"""What [[notify]] posts: issues, and recaps of the time that an issue covers."""

import os
from collections.abc import Callable, Mapping, Sequence

from digest.config import Config
from digest.deliver.channel import Channel
from digest.deliver.post_channel import PostChannel
from digest.deliver.post_formats import Payload
from digest.errors import DeliveryError
from digest.records import Issue
from digest.render.posts import Post, issue_post
from digest.store import recaps
from digest.store.archive import Connection
from digest.workflows import sharing


def posts(config: Config, environment: Mapping[str, str] = os.environ) -> list[PostChannel]:
    """The channels of [[notify]], one for each thing that an entry posts."""
    return [
        PostChannel(one, environment, issue_post if what == "issue" else _recap(config), recap=what == "recap")
        for one in config.notify
        for what in dict.fromkeys(one.what)
    ]


def with_something_to_say(db: Connection, ways: Sequence[Channel], issue: Issue) -> list[Channel]:
    """The channels without those of recaps, where nothing was read or noted in the issue's time."""
    of_recaps = [way for way in ways if isinstance(way, PostChannel) and way.recap]
    if not of_recaps or recaps.anything(db, since=issue.starts_at, until=issue.ends_at):
        return list(ways)
    return [way for way in ways if way not in of_recaps]


def payloads(config: Config, issue: Issue, *, only: Sequence[str] = ()) -> list[tuple[str, Payload | str]]:
    """What each entry of [[notify]] would post of an issue, or why it would not; *only* those names or kinds.

    DeliveryError where there is no such entry.
    """
    chosen = [
        (recipient, way)
        for way in posts(config)
        for recipient in way.recipients(issue.period)
        if not only or recipient in only or way.name in only
    ]
    if not chosen:
        named = f" called {', '.join(only)}" if only else ""
        raise DeliveryError(f"sources.toml has no [[notify]] entry{named}, so there is no post to show")
    return [(recipient, _drawn(way, issue, recipient)) for recipient, way in chosen]


def _drawn(way: PostChannel, issue: Issue, recipient: str) -> Payload | str:
    try:
        return way.draw(issue, way.message_id(issue, recipient))
    except DeliveryError as error:
        return str(error)


def _recap(config: Config) -> Callable[[Issue], Post]:
    """What writes the recap of an issue's time, once the archive can be read."""

    def compose(issue: Issue) -> Post:
        from digest.render.recap import recap_post

        recap = sharing.gather(config, issue.starts_at, issue.ends_at)
        if not recap.works:
            raise DeliveryError(f"nothing was read or noted in {issue.period}, so that there is no recap")
        return recap_post(recap)

    return compose
