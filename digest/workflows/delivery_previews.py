"""What would be delivered, shown before anything is: the mail, and the posts."""

import json
from collections.abc import Sequence
from pathlib import Path

from digest.config import Config
from digest.deliver import files
from digest.errors import DeliveryError, DigestError
from digest.records import Issue
from digest.store import verdicts
from digest.workflows import posting
from digest.workflows.delivering import find_issue
from digest.workflows.mail_feedback import reply_address
from digest.workflows.opening import opened


def preview_mail(config: Config, path: Path, *, wait: float, period: str | None = None) -> Issue:
    """Write the mail to the first recipient to a file that mail programs open."""
    from digest.deliver.message import compose_message, message_id

    if config.email is None:
        raise DeliveryError("sources.toml has no [email] table, so there is no mail to show")
    issue = _issue(config, period, wait=wait)
    sender, recipient = config.email.sender, config.email.to[0]
    message = compose_message(
        issue,
        sender=sender,
        recipient=recipient,
        message_id=message_id(issue, recipient, sender),
        reply_to=reply_address(config, wait=wait),
    )
    files.write(path, message.as_bytes(), private=True)  # its links sign marks
    return issue


def preview_posts(config: Config, *, only: Sequence[str] = (), wait: float, period: str | None = None) -> str:
    """What [[notify]] would post, as JSON: an object with a payload for each name; *only* these names or kinds."""
    drawn = posting.payloads(config, _issue(config, period, wait=wait), only=only)
    return json.dumps(dict(drawn), ensure_ascii=False, indent=2) + "\n"


def _issue(config: Config, period: str | None, *, wait: float) -> Issue:
    with opened(config, wait=wait, read_only=True) as db:
        newest = verdicts.newest(db)
        if period is None and newest is None:
            raise DigestError("there is no issue to show yet; `digest run --issue` makes one")
        return find_issue(db, period or (newest[0] if newest else ""))
