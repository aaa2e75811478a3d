"""A small IMAP server of our own: one folder, read-only commands, and a log of what was said to it."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import compat32

PASSWORD = "s3cret"


class Mailbox:
    """A running server; `mails` are by UID, `log` holds the commands without their tags.

    With *tls* it offers STARTTLS and lets nobody in before; *implicit* means TLS from the start.
    """

    def __init__(
        self,
        mails: Mapping[int, bytes],
        validity: int = 1,
        *,
        name: str = "News",
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
    ) -> None:
        self.mails = dict(mails)
        self.validity = validity
        self.name = name
        self.tls = tls
        self.implicit = implicit
        self.log: list[str] = []
        #: for commands that begin so, what is said instead of what was asked for
        self.refusals: dict[str, str] = {}
        #: whether the UID stands behind a mail, as it may
        self.uid_last = False
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"mailbox": self}))
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Handler(socketserver.StreamRequestHandler):
    mailbox: Mailbox
    secure = False

    def handle(self) -> None:
        try:
            if self.mailbox.implicit:
                self._secure()
            self._talk()
        except (ssl.SSLError, ConnectionError):
            return  # a client that does not trust us hangs up

    def _secure(self) -> None:
        assert self.mailbox.tls is not None
        self.request = self.mailbox.tls.wrap_socket(self.request, server_side=True)
        self.setup()
        self.secure = True

    def finish(self) -> None:
        super().finish()
        if self.secure:  # the server closes only the connection that it gave us
            self.request.close()

    def _talk(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            self.mailbox.log.append(command)
            if not self._answer(tag, command):
                return

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape"))

    def _answer(self, tag: str, command: str) -> bool:
        match command.split():
            case _ if refused := next((r for c, r in self.mailbox.refusals.items() if command.startswith(c)), ""):
                self._say(f"{tag} {refused}")
            case ["CAPABILITY"]:
                offered = " STARTTLS" if self.mailbox.tls and not self.secure else ""
                self._say(f"* CAPABILITY IMAP4rev1{offered}", f"{tag} OK done")
            case ["STARTTLS"] if self.mailbox.tls:
                self._say(f"{tag} OK go ahead")
                self._secure()
            case ["LOGIN", *_] if self.mailbox.tls and not self.secure:
                self._say(f"{tag} NO [PRIVACYREQUIRED] not in the clear")
            case ["LOGIN", _, password]:
                good = password.strip('"') == PASSWORD
                self._say(f"{tag} OK in" if good else f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
            case ["EXAMINE", *folder] if " ".join(folder).strip('"') == self.mailbox.name:
                self._say(
                    f"* {len(self.mailbox.mails)} EXISTS",
                    f"* OK [UIDVALIDITY {self.mailbox.validity}]",
                    f"{tag} OK [READ-ONLY]",
                )
            case ["UID", "SEARCH", *criteria]:
                self._say(f"* SEARCH {' '.join(map(str, self._found(criteria)))}", f"{tag} OK done")
            case ["UID", "FETCH", uids, *what]:
                self._fetch([int(uid) for uid in uids.split(",")], " ".join(what))
                self._say(f"{tag} OK done")
            case ["LOGOUT"]:
                self._say("* BYE", f"{tag} OK done")
                return False
            case _:
                self._say(f"{tag} NO that is not for readers")
        return True

    def _found(self, criteria: list[str]) -> list[int]:
        first = int(criteria[criteria.index("UID") + 1].partition(":")[0])
        newest = max(self.mailbox.mails, default=0)
        found = [uid for uid in sorted(self.mailbox.mails) if uid >= min(first, newest)]  # "n:*" names the newest
        if "FROM" in criteria:
            who = criteria[criteria.index("FROM") + 1].strip('"')
            found = [uid for uid in found if who in str(message_from_bytes(self.mailbox.mails[uid])["from"])]
        if "SUBJECT" in criteria:
            either = [criteria[at + 1].strip('"') for at, word in enumerate(criteria) if word == "SUBJECT"]
            assert "OR" in criteria or len(either) == 1
            found = [uid for uid in found if any(word in self._subject(uid) for word in either)]
        return found

    def _subject(self, uid: int) -> str:
        """As it is written: this server does not look inside encoded words."""
        return str(message_from_bytes(self.mailbox.mails[uid], policy=compat32)["subject"]).lower()

    def _fetch(self, uids: list[int], what: str) -> None:
        for number, uid in enumerate(uids, 1):
            mail = self.mailbox.mails[uid]
            if "RFC822.SIZE" in what:
                self._say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)})")
            if re.search(r"BODY\.PEEK\[\]", what):
                self._say(f"* {number} FETCH (UID {uid} BODY[] {{{len(mail)}}}")
                self.wfile.write(mail + b")\r\n")
            if wanted := re.search(r"BODY\.PEEK\[HEADER\.FIELDS \((.*?)\)\]<0\.(\d+)>", what):
                self._headers(number, uid, wanted[1].split(), int(wanted[2]))

    def _headers(self, number: int, uid: int, names: list[str], most: int) -> None:
        """Some headers as they were sent, folds included, and the empty line that ends them."""
        head = self.mailbox.mails[uid].partition(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape")
        fields = re.findall(r"^([\w-]+):(.*(?:\r\n[ \t].*)*)\r?$", head, re.MULTILINE)
        kept = "".join(f"{name}:{value}\r\n" for name, value in fields if name.upper() in names) + "\r\n"
        part = kept.encode("utf-8", "surrogateescape")[:most]
        before, after = ("", f" UID {uid}") if self.mailbox.uid_last else (f"UID {uid} ", "")
        self._say(f"* {number} FETCH ({before}BODY[HEADER.FIELDS ({' '.join(names)})]<0> {{{len(part)}}}")
        self.wfile.write(part + f"{after})\r\n".encode())


@contextmanager
def mail_server(
    mails: Mapping[int, bytes],
    validity: int = 1,
    *,
    name: str = "News",
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
) -> Iterator[Mailbox]:
    mailbox = Mailbox(mails, validity, name=name, tls=tls, implicit=implicit)
    try:
        yield mailbox
    finally:
        mailbox.close()
