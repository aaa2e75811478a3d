"""[[notify]] of sources.toml: where short posts about issues go. Its addresses are secrets: the environment has them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from digest.config.contradictions import Complaint
from digest.config.values import EnvironmentName, Line

Kind = Literal["ntfy", "slack", "discord", "mattermost", "webhook"]
What = Literal["issue", "recap"]

#: What people write in place of the variable's name; none of it belongs in the file.
_SECRETS = ("url", "webhook", "webhook_url", "token", "password", "secret")


class Notify(BaseModel):
    """One place that issues are posted to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    #: what messages and receipts call it; the kind unless given
    name: Line = ""
    #: the variable with the whole address
    url_env: EnvironmentName = ""
    #: ntfy only: server and topic, where they are no secret
    url: Line = ""
    #: ntfy only: the variable with an access token
    token_env: EnvironmentName = ""
    what: tuple[What, ...] = Field(default=("issue",), min_length=1)

    @model_validator(mode="after")
    def _has_an_address(self) -> "Notify":
        if self.kind != "ntfy" and self.token_env:
            raise ValueError('token_env goes with kind = "ntfy"')
        if self.url and self.url_env:
            raise ValueError("url and url_env are two addresses; say one")
        if not (self.url or self.url_env):
            either = "url, or " if self.kind == "ntfy" else ""
            raise ValueError(f"{either}url_env is missing; url_env names the environment variable with the address")
        if (
            self.url
            and self.kind == "ntfy"
            and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?/[^\s/?#]+", self.url)
        ):
            raise ValueError('url must be a server and a topic, such as "https://ntfy.sh/my-digest"')
        if self.name.strip() != self.name or not self.label.isprintable():
            raise ValueError("name must be printable, without blanks around it")
        return self

    @property
    def label(self) -> str:
        """What receipts and messages call it."""
        return self.name or self.kind


def notify_secrets(table: Mapping[str, Any]) -> Iterator[Complaint]:
    """Addresses and tokens in the file, which people share and commit: refused by name and never repeated."""
    for place, entry in enumerate(_entries(table)):
        for key in _SECRETS:
            if not entry.get(key) or (key == "url" and entry.get("kind") == "ntfy"):
                continue
            variable = "token_env" if key == "token" else "url_env"
            yield Complaint(
                ("notify", place, key),
                f"notify[{place}].{key}: is a secret and does not belong in this file; "
                f'put it into an environment variable and name that in {variable} = "DIGEST_NOTIFY"',
            )


def notify_twins(table: Mapping[str, Any]) -> Iterator[Complaint]:
    """Receipts tell the entries apart by their names."""
    seen: set[str] = set()
    for place, entry in enumerate(_entries(table)):
        label = entry.get("name") or entry.get("kind")
        if isinstance(label, str) and label in seen:
            told = f"notify[{place}]: two entries are called {label!r}; give each a name"
            yield Complaint(("notify", place), told)
        elif isinstance(label, str):
            seen.add(label)


def _entries(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of [[notify]], those that are no tables as empty ones."""
    listed = table.get("notify")
    return [one if isinstance(one, Mapping) else {} for one in listed] if isinstance(listed, list) else []
