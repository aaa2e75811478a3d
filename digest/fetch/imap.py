"""One folder of a mail account over IMAP, opened read-only (EXAMINE). Never changes anything there.

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
        """The UID up to which *position* says that this folder was read; 0 where it is about another."""
        then, _, last = position.partition(":")
        return int(last) if then == str(self.validity) and re.fullmatch(r"[0-9]+", last) else 0

    def position(self, last: int) -> str:
        return f"{self.validity}:{last}"

    def beyond(self, read_to: int, *criteria: str) -> list[int]:
        """UIDs beyond *read_to*, oldest first. ("n:*" always names the newest mail, so it is filtered here.)"""
        with _refused("the mail server could not search the folder"):
            return sorted(uid for uid in self.client.search(["UID", f"{read_to + 1}:*", *criteria]) if uid > read_to)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes by UID."""
        return {uid: said[b"RFC822.SIZE"] for uid, said in self._fetch(uids, "RFC822.SIZE") if b"RFC822.SIZE" in said}

    def take(self, uids: Sequence[int], part: str = "BODY.PEEK[]") -> Iterator[tuple[int, bytes]]:
        """That part of each mail, by UID."""
        for uid, said in self._fetch(uids, part):
            for name, value in said.items():
                if name.startswith(b"BODY[") and isinstance(value, bytes):
                    yield uid, value

    def _fetch(self, uids: Sequence[int], what: str) -> list[tuple[int, dict[bytes, Any]]]:
        with _refused("the mail server could not hand out the mails"):
            return list(self.client.fetch(uids, [what]).items())


@contextmanager
def open_folder(imap: Imap, name: str, environment: Mapping[str, str]) -> Iterator[Folder]:
    """Log in and open a folder; whatever goes wrong is a FetchError of one line."""
    password = environment.get(imap.password_env, "")
    if not password:
        raise FetchError(f"the environment variable {imap.password_env}, named in [imap], is not set")
    if not (imap.username + password).isascii():
        raise FetchError(f"{imap.host}: user name and password must be ASCII to log in")
    with _said(imap), _client(imap) as client:
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
    """Say what the server would not do; that it hung up is said further out."""
    try:
        yield
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise FetchError(words) from error


@contextmanager
def _said(imap: Imap) -> Iterator[None]:
    """Say what went wrong in one line; a server's words may repeat the login and are cut short."""
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
