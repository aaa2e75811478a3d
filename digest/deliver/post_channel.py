"""Posts issues and recaps to a chat, a phone or a webhook, each once.

A webhook cannot recognise a second copy as a mailbox does. So what may have arrived is not sent again by itself:
its delivery stays unknown, and `digest send --again` repeats it for those who see that it is missing. The address
and the token come from the environment and are taken out of every text that leaves this module.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.config import Notify
from digest.deliver.channel import DeliveryOutcome
from digest.deliver.post_formats import Payload, encoded, payload
from digest.errors import DeliveryError, FetchError
from digest.fetch import address_guard
from digest.printable import one_line
from digest.records import DeliveryState, Issue
from digest.render.posts import Post

if TYPE_CHECKING:
    from digest.deliver.http_post import Answer

#: What sends one body: (address, body, headers) -> answer. Raises as `http_post.post` does.
Send = Callable[[str, bytes, Mapping[str, str]], "Answer"]

#: The kinds of channel whose second copy nobody recognises.
POSTED = frozenset({"ntfy", "slack", "discord", "mattermost", "webhook"})
#: Seconds that a service may ask to wait within one delivery; for more, the delivery is tried again later.
_SHORT_WAIT = 10.0
#: A server between us and the service that lost its answer: the post may have arrived.
_LOST_BEHIND = (502, 504)
_LONGEST_COMPLAINT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a post goes, and the secrets that no text may repeat."""

    url: str
    topic: str
    headers: Mapping[str, str]
    secrets: tuple[str, ...]


class PostChannel:
    """One entry of [[notify]], for issues or for recaps."""

    def __init__(
        self,
        settings: Notify,
        environment: Mapping[str, str],
        compose: Callable[[Issue], Post],
        *,
        recap: bool = False,
        send: Send | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """*compose* writes the post of an issue; it may raise a DeliveryError where there is nothing to post."""
        self.name: str = settings.kind
        self._settings = settings
        self._environment = environment
        self._compose = compose
        self.recap = recap
        self._recipient = f"{settings.label} (recap)" if recap else settings.label
        self._send = send or _send
        self._sleep = sleep

    def recipients(self, period: str) -> tuple[str, ...]:
        return (self._recipient,)

    def message_id(self, issue: Issue, recipient: str, *, again: str = "") -> str:
        """Names a delivery in the receipts and for webhooks, the same at each attempt."""
        parts = (self.name, recipient, issue.period, issue.built_at.isoformat(), issue.learner, again)
        return f"digest-{issue.period}-{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:24]}"

    def draw(self, issue: Issue, message_id: str) -> Payload:
        """What would be posted; needs no secret."""
        topic = urlsplit(self._settings.url).path.rpartition("/")[2] if self.name == "ntfy" else ""
        return payload(self.name, self._compose(issue), identity=message_id, topic=topic)

    def deliver(self, issue: Issue, recipient: str, message_id: str) -> DeliveryOutcome:
        """Post once; DeliveryError where certainly nothing arrived."""
        target = read_target(self._settings, self._environment)
        body = encoded(payload(self.name, self._compose(issue), identity=message_id, topic=target.topic))
        headers = {"Content-Type": "application/json", "Idempotency-Key": message_id, **target.headers}
        try:
            answer = self._send(target.url, body, headers)
            if answer.status == 429 and 0 <= (wait := _seconds(answer.retry_after)) <= _SHORT_WAIT:
                self._sleep(wait)  # it was refused, so that asking once more repeats nothing
                answer = self._send(target.url, body, headers)
        except DeliveryError as error:
            from digest.deliver.http_post import AnswerLost

            told = self._told(str(error), target)
            if isinstance(error, AnswerLost):
                return DeliveryOutcome(state=DeliveryState.UNKNOWN, error=self._doubtful(told))
            raise DeliveryError(told) from None
        return self._outcome(answer, target)

    def close(self) -> None:
        """Nothing stays open."""

    def _outcome(self, answer: "Answer", target: Target) -> DeliveryOutcome:
        status = answer.status
        if 200 <= status < 300:
            return DeliveryOutcome(state=DeliveryState.SENT)
        if status in _LOST_BEHIND:
            told = self._told(f"it answered {status}", target)
            return DeliveryOutcome(state=DeliveryState.UNKNOWN, error=self._doubtful(told))
        if 300 <= status < 400:
            words = f"it answered {status}, a redirect, which is not followed; correct its address"
        elif status == 429:
            wait = _seconds(answer.retry_after)
            words = f"it answered 429, too many messages{f', and asks to wait {wait:g} s' if wait > 0 else ''}"
        else:
            words = f"it answered {status} {answer.text}".strip()
        return DeliveryOutcome(state=DeliveryState.FAILED, error=self._told(words, target))

    def _told(self, words: str, target: Target) -> str:
        """One line with nothing of the entry's secrets in it."""
        for secret in target.secrets:
            words = words.replace(secret, "***")
        return one_line(words, _LONGEST_COMPLAINT)

    def _doubtful(self, told: str) -> str:
        return f"{told}; whether it arrived is not known, and it is not posted again by itself"

    def __repr__(self) -> str:
        return f"PostChannel({self._recipient})"


def read_target(settings: Notify, environment: Mapping[str, str]) -> Target:
    """Where the entry's posts go; DeliveryError names the variable at fault, never its value."""
    given = environment.get(settings.url_env, "").strip() if settings.url_env else settings.url
    where = f"the address in {settings.url_env}" if settings.url_env else "its url"
    token = environment.get(settings.token_env, "").strip() if settings.token_env else ""
    for name, value in ((settings.url_env, given), (settings.token_env, token)):
        if name and not value:
            raise DeliveryError(f"the environment variable {name} is not set")
    if token and not (token.isascii() and token.isprintable()):
        raise DeliveryError(f"the token in {settings.token_env} is not one line of ASCII")
    try:
        url = address_guard.wire_url(given, written=where)
    except FetchError as error:
        raise DeliveryError(str(error)) from None
    secret = bool(settings.url_env or token)
    if secret and url.startswith("http:") and not address_guard.is_local(urlsplit(url).hostname or ""):
        raise DeliveryError(f"{where} must begin with https, or anybody on the way reads it")
    server, _, topic = url.rpartition("/") if settings.kind == "ntfy" else (url, "", "")
    if settings.kind == "ntfy" and (not topic or "?" in topic or server.endswith("/")):
        raise DeliveryError(f'{where} must end in a topic, as "https://ntfy.sh/my-digest" does')
    secrets = _secret_parts(url) if settings.url_env else ()
    return Target(
        url=f"{server}/" if settings.kind == "ntfy" else url,
        topic=topic,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        secrets=(*secrets, *([token] if token else [])),
    )


def _secret_parts(url: str) -> tuple[str, ...]:
    """The address, and the pieces of it that give it away, the longest first."""
    parts = urlsplit(url)
    pieces = {url, parts.path, parts.query, *re.split(r"[/?&=]", f"{parts.path}?{parts.query}")}
    return tuple(sorted((piece for piece in pieces if len(piece) >= 6), key=len, reverse=True))


def _seconds(retry_after: str) -> float:
    """A Retry-After in seconds; -1 where it is a date or missing."""
    text = retry_after.strip()
    return float(text) if re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text) else -1.0


def _send(url: str, body: bytes, headers: Mapping[str, str]) -> "Answer":
    from digest.deliver.http_post import post  # loads httpx2, which only a delivery needs

    return post(url, body, headers)
