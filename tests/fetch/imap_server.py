"""A small IMAP server of our own: one folder, read-only commands, and a log of what was said to it."""

import re
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes

PASSWORD = "s3cret"


class Mailbox:
    """A running server; `mails` are by UID, `log` holds the commands without their tags."""

    def __init__(self, mails: Mapping[int, bytes], validity: int = 1) -> None:
        self.mails = dict(mails)
        self.validity = validity
        self.log: list[str] = []
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

    def handle(self) -> None:
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
            case ["CAPABILITY"]:
                self._say("* CAPABILITY IMAP4rev1", f"{tag} OK done")
            case ["LOGIN", _, password]:
                good = password.strip('"') == PASSWORD
                self._say(f"{tag} OK in" if good else f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
            case ["EXAMINE", folder] if folder.strip('"') == "News":
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
        return found

    def _fetch(self, uids: list[int], what: str) -> None:
        for number, uid in enumerate(uids, 1):
            mail = self.mailbox.mails[uid]
            if "RFC822.SIZE" in what:
                self._say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)})")
            if re.search(r"BODY\.PEEK\[\]", what):
                self._say(f"* {number} FETCH (UID {uid} BODY[] {{{len(mail)}}}")
                self.wfile.write(mail + b")\r\n")


@contextmanager
def mail_server(mails: Mapping[int, bytes], validity: int = 1) -> Iterator[Mailbox]:
    mailbox = Mailbox(mails, validity)
    try:
        yield mailbox
    finally:
        mailbox.close()
