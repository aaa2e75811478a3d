"""One folder of a mail account over IMAP, opened read-only (EXAMINE). Never changes anything there.

Mails are taken with BODY.PEEK, so that nothing is marked as read. How far a folder was read
is a position, "validity:last UID"; a folder that was made anew has another validity, and
old positions mean nothing in it.
"""

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from digest.config import Imap
from digest.errors import FetchError

_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in an open session."""

    session: imaplib.IMAP4
    validity: str

    def read_to(self, position: str) -> int:
        """The UID up to which *position* says that this folder was read; 0 where it is about another."""
        then, _, last = position.partition(":")
        return int(last) if then == self.validity and re.fullmatch(r"[0-9]+", last) else 0

    def position(self, last: int) -> str:
        return f"{self.validity}:{last}"

    def beyond(self, read_to: int, *criteria: str) -> list[int]:
        """UIDs beyond *read_to*, oldest first. ("n:*" always names the newest mail, so it is filtered here.)"""
        status, said = self.session.uid("SEARCH", "UID", f"{read_to + 1}:*", *criteria)
        if status != "OK":
            raise FetchError("the mail server could not search the folder")
        found = b" ".join(part for part in said if isinstance(part, bytes))
        return sorted(uid for word in found.split() if word.isdigit() and (uid := int(word)) > read_to)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes by UID."""
        lines = b"\n".join(part for part in self._fetch(uids, "RFC822.SIZE") if isinstance(part, bytes))
        sizes: dict[int, int] = {}
        for line in lines.split(b"\n"):
            uid, length = re.search(rb"\bUID (\d+)", line), re.search(rb"RFC822\.SIZE (\d+)", line)
            if uid and length:
                sizes[int(uid[1])] = int(length[1])
        return sizes

    def take(self, uids: Sequence[int], part: str = "BODY.PEEK[]") -> Iterator[tuple[int, bytes]]:
        """That part of each mail, by UID, which servers name before it or after it."""
        said = self._fetch(uids, part)
        for piece, after in zip(said, [*said[1:], b""], strict=True):
            if isinstance(piece, tuple):
                around = piece[0] + b" " + (after if isinstance(after, bytes) else b"")
                if found := re.search(rb"\bUID (\d+)", around):
                    yield int(found[1]), piece[1]

    def _fetch(self, uids: Sequence[int], what: str) -> list[bytes | tuple[bytes, bytes]]:
        status, said = self.session.uid("FETCH", ",".join(map(str, uids)), f"(UID {what})")
        if status != "OK":
            raise FetchError("the mail server could not hand out the mails")
        return [part for part in said if part]


@contextmanager
def open_folder(imap: Imap, name: str, environment: Mapping[str, str]) -> Iterator[Folder]:
    """Log in and open a folder; whatever goes wrong is a FetchError of one line."""
    password = environment.get(imap.password_env, "")
    if not password:
        raise FetchError(f"the environment variable {imap.password_env}, named in [imap], is not set")
    if not (imap.username + password).isascii():
        raise FetchError(f"{imap.host}: user name and password must be ASCII to log in")
    with _said(imap), _session(imap, password) as session:
        yield Folder(session, _examine(session, imap, name))


@contextmanager
def _session(imap: Imap, password: str) -> Iterator[imaplib.IMAP4]:
    if imap.security == "tls":
        session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            imap.host, imap.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT
        )
    else:
        session = imaplib.IMAP4(imap.host, imap.port, timeout=_TIMEOUT)
    try:
        if imap.security == "starttls":
            session.starttls(ssl.create_default_context())
        session.login(imap.username, password)
        yield session
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            session.logout()


@contextmanager
def _said(imap: Imap) -> Iterator[None]:
    """Say what went wrong in one line; a server's words may repeat the login and are cut short."""
    try:
        yield
    except imaplib.IMAP4.error as error:
        raise FetchError(f"{imap.host} refused: {_words(error)}") from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError(f"{imap.host}: certificate not valid: {error.verify_message}") from error
    except TimeoutError as error:
        raise FetchError(f"{imap.host}: no answer within {_TIMEOUT:g} s") from error
    except OSError as error:
        raise FetchError(f"{imap.host}: no connection: {(error.strerror or str(error)).lower()}") from error


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:120]


def _examine(session: imaplib.IMAP4, imap: Imap, name: str) -> str:
    """Open the folder read-only and return its UIDVALIDITY."""
    quoted = '"' + _encoded(name).replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, _ = session.select(quoted, readonly=True)
    if status != "OK":
        raise FetchError(f"{imap.host}: there is no folder {name!r}")
    _, validity = session.response("UIDVALIDITY")
    return validity[0].decode("ascii", "replace") if validity and isinstance(validity[0], bytes) else "0"


def _encoded(name: str) -> str:
    """A folder's name in IMAP's own UTF-7 (RFC 3501, 5.1.3): "Märkte" is "M&AOQ-rkte"."""

    def one(match: re.Match[str]) -> str:
        if match[0] == "&":
            return "&-"
        return "&" + base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+|&", one, name)
