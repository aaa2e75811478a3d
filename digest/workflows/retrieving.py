"""Make all visits at once, over the web or to a mailbox. A failure concerns one visit alone."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING

from digest import sources
from digest.config import Config, Fetch
from digest.errors import FetchError
from digest.fetch import client, mailbox, politeness
from digest.fetch.credentials import secret_headers
from digest.records import Fetched

if TYPE_CHECKING:
    from digest.fetch.conversation import Ownership


def ask_all(
    visits: Sequence[client.Poll],
    config: Config,
    now: datetime,
    on_fetched: Callable[[Fetched], None],
    *,
    stop: Event | None = None,
) -> None:
    """Make all visits and hand each to *on_fetched*, in this thread, as it ends."""
    mail = [visit for visit in visits if politeness.is_mailbox(visit.source.url)]
    web = [visit for visit in visits if not politeness.is_mailbox(visit.source.url)]
    ask_web(web, config.fetch, now, on_fetched, stop=stop)
    mailbox.fetch_mail(
        mail,
        config.imap,
        os.environ,
        folder=config.folder,
        max_body=config.fetch.max_body,
        now=now,
        on_fetched=on_fetched,
        stop=stop,
    )


def ask_web(
    visits: Sequence[client.Poll],
    settings: Fetch,
    now: datetime,
    on_fetched: Callable[[Fetched], None],
    *,
    stop: Event | None = None,
    limits: client.FetchLimits = client.FetchLimits(),  # noqa: B008 - frozen
    ownership: "Ownership | None" = None,
) -> None:
    """The same for visits over the web alone; *ownership* where several owners share the hosts."""
    polls = list[client.Poll]()
    for visit in visits:
        try:
            polls.append(replace(visit, headers=secret_headers(visit.source, os.environ)))
        except FetchError as error:
            on_fetched(Fetched(source=visit.source, started_at=now, error=str(error)))
    client.fetch_all(
        polls,
        settings,
        now=now,
        follow=lambda source, state, answers: sources.follow_requests(source, state, answers, now),
        on_fetched=on_fetched,
        stop=stop,
        limits=limits,
        ownership=ownership,
    )
