"""One folder of a mail account over IMAP, opened read-only (EXAMINE). It changes nothing there.

Mails are fetched with BODY.PEEK, so nothing is marked as read. How far a folder was read
is a position, "validity:last UID"; a folder that was deleted and created again has another
validity, and old positions mean nothing in it.
"""

import logging
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from digest.config import Imap
from digest.errors import FetchError

_TIMEOUT = 30.0

logging.getLogger("imapclient").setLevel(logging.WARNING)  # it logs what mails say


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in an open session."""

    client: IMAPClient
    validity: int

    def read_to(self, position: str) -> int:
        """Return the last UID read according to *position*; 0 if that is about another folder."""
        then, _, last = position.partition(":")
        return int(last) if then == str(self.validity) and re.fullmatch(r"[0-9]+", last) else 0

    def position(self, last: int) -> str:
        return f"{self.validity}:{last}"

    def beyond(self, read_to: int, *criteria: str) -> list[int]:
        """Return UIDs beyond *read_to*, oldest first. ("n:*" always includes the newest mail, so they are filtered.)"""
        with _refused("the mail server could not search the folder"):
            return sorted(uid for uid in self.client.search(["UID", f"{read_to + 1}:*", *criteria]) if uid > read_to)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the size of each mail in bytes, by UID."""
        return {uid: data[b"RFC822.SIZE"] for uid, data in self._fetch(uids, "RFC822.SIZE") if b"RFC822.SIZE" in data}

    def take(self, uids: Sequence[int], part: str = "BODY.PEEK[]") -> Iterator[tuple[int, bytes]]:
        """Yield each mail's UID and the requested part of it."""
        for uid, data in self._fetch(uids, part):
            for name, value in data.items():
                if name.startswith(b"BODY[") and isinstance(value, bytes):
                    yield uid, value

    def _fetch(self, uids: Sequence[int], what: str) -> list[tuple[int, dict[bytes, Any]]]:
        with _refused("the mail server could not return the mails"):
            return list(self.client.fetch(uids, [what]).items())


@contextmanager
def open_folder(imap: Imap, name: str, environment: Mapping[str, str]) -> Iterator[Folder]:
    """Log in and open a folder; anything that goes wrong is a FetchError of one line."""
    password = environment.get(imap.password_env, "")
    if not password:
        raise FetchError(f"the environment variable {imap.password_env}, named in [imap], is not set")
    if not (imap.username + password).isascii():
        raise FetchError(f"{imap.host}: user name and password must be ASCII to log in")
    with _in_words(imap), _client(imap) as client:
        if imap.security == "starttls":
            client.starttls(ssl.create_default_context())
        client.login(imap.username, password)
        with _refused(f"{imap.host}: there is no folder {name!r}"):
            validity = client.select_folder(name, readonly=True).get(b"UIDVALIDITY", 0)
        yield Folder(client, validity)


def _client(imap: Imap) -> IMAPClient:
    tls = ssl.create_default_context() if imap.security == "tls" else None
    return IMAPClient(imap.host, imap.port, ssl=tls is not None, ssl_context=tls, timeout=_TIMEOUT)


@contextmanager
def _refused(words: str) -> Iterator[None]:
    """Name what the server refused to do; a closed connection is reported by `_in_words`."""
    try:
        yield
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise FetchError(words) from error


@contextmanager
def _in_words(imap: Imap) -> Iterator[None]:
    """Turn errors into a FetchError of one line; the server's text may repeat the login, so it is shortened."""
    try:
        yield
    except IMAPClientError as error:
        raise FetchError(f"{imap.host} refused: {_brief(error)}") from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError(f"{imap.host}: certificate not valid: {error.verify_message}") from error
    except TimeoutError as error:
        raise FetchError(f"{imap.host}: no answer within {_TIMEOUT:g} s") from error
    except OSError as error:
        raise FetchError(f"{imap.host}: no connection: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:
        raise FetchError(f"{imap.host}: does not speak IMAP properly: {_brief(error)}") from error


def _brief(error: Exception) -> str:
    return " ".join(str(error).removeprefix("b'").removesuffix("'").split())[:120]
