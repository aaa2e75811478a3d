"""One folder of a mail account over IMAP, opened read-only (EXAMINE). It changes nothing there.

Mails are fetched with BODY.PEEK, so nothing is marked as read. How far a folder was read
is a position, "validity:last UID"; a folder that was deleted and created again has another
validity, and old positions mean nothing in it.
"""

import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from digest.config import Imap
from digest.errors import FetchError
from digest.fetch.deadline import Deadline

_TIMEOUT = 30.0
#: seconds and bytes of a whole session; a visit takes a tenth of either
_SESSION = 120.0
_BYTES_AT_MOST = 128 * 10**6
#: what a line costs besides its bytes, since the library keeps each as an object
_LINE = 1_000
#: UIDs and validities are numbers of 32 bits (RFC 3501)
_NUMBERS = 1 << 32

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
            found = self.client.search(["UID", f"{read_to + 1}:*", *criteria])
            return sorted(uid for uid in found if read_to < uid < _NUMBERS)

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
    with Deadline(_SESSION) as deadline, _in_words(imap, deadline), _ImapClient(imap, deadline) as client:
        if imap.security == "starttls":
            client.starttls(ssl.create_default_context())
        client.login(imap.username, password)
        with _refused(f"{imap.host}: there is no folder {name!r}"):
            validity = client.select_folder(name, readonly=True).get(b"UIDVALIDITY", 0)
        yield Folder(client, validity % _NUMBERS)


class _Session(imaplib.IMAP4):
    """The library's session within a deadline and a number of bytes."""

    def __init__(self, imap: Imap, deadline: Deadline) -> None:
        self._imap = imap
        self._deadline = deadline
        self._left = _BYTES_AT_MOST
        super().__init__(imap.host, imap.port, _TIMEOUT)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        connection = socket.create_connection((self.host, self.port), timeout)
        self._deadline.watch(connection)
        if self._imap.security != "tls":
            return connection
        return ssl.create_default_context().wrap_socket(connection, server_hostname=self.host)

    def read(self, size: int) -> bytes:
        self._spend(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._spend(len(line) + _LINE)
        return line

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise FetchError(f"{self.host}: sends more than {_BYTES_AT_MOST // 10**6} MB in one session")


class _ImapClient(IMAPClient):  # type: ignore[misc]  # it has no types
    """The library's client over such a session."""

    def __init__(self, imap: Imap, deadline: Deadline) -> None:
        self._open_session: Callable[[], imaplib.IMAP4] = lambda: _Session(imap, deadline)
        encrypted = imap.security == "tls"
        super().__init__(imap.host, imap.port, ssl=encrypted, timeout=_TIMEOUT)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's own name
        return self._open_session()


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
def _in_words(imap: Imap, deadline: Deadline) -> Iterator[None]:
    """Turn errors into a FetchError of one line; the server's text may repeat the login, so it is shortened."""
    try:
        yield
    except FetchError:
        raise
    except Exception as error:
        if deadline.over:
            raise FetchError(f"{imap.host}: took longer than {deadline.seconds:g} s") from error
        raise _explained(imap, error) from error


def _explained(imap: Imap, error: Exception) -> FetchError:
    match error:
        case IMAPClientError():
            words = f" refused: {_brief(error)}"
        case ssl.SSLCertVerificationError():
            words = f": certificate not valid: {error.verify_message}"
        case TimeoutError():
            words = f": no answer within {_TIMEOUT:g} s"
        case OSError():
            words = f": no connection: {(error.strerror or str(error)).lower()}"
        case _:  # on an answer of another shape the library fails in many ways
            words = f": does not speak IMAP properly: {_brief(error) or type(error).__name__}"
    return FetchError(f"{imap.host}{words}")


def _brief(error: Exception) -> str:
    return " ".join(str(error).removeprefix("b'").removesuffix("'").split())[:120]
