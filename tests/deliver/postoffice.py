"""A real SMTP server on loopback with a will of its own: what it is told to do to each recipient, it does."""

import asyncio
import ssl
import subprocess
import threading
import warnings
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

#: What may be asked of the server for a recipient's next mail:
#: a reply such as "450 come back later" to RCPT, "DATA 554 no" to the message, or one of these.
CUT_AT_RCPT = "cut at RCPT"
CUT_BEFORE_KEEPING = "cut before keeping"
CUT_AFTER_KEEPING = "cut after keeping"


@dataclass
class PostOffice:
    """The server: its mailboxes, and what it is to do wrong."""

    port: int = 0
    mailboxes: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    #: for each recipient the troubles of the next attempts, first first
    troubles: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    sessions: int = 0
    cut_after_keeping: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)

    def mails(self, recipient: str) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.mailboxes[recipient]]

    async def handle_EHLO(  # noqa: N802
        self,
        _server: Any,  # noqa: ANN401
        session: Any,  # noqa: ANN401
        _envelope: Any,  # noqa: ANN401
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self,
        server: Any,  # noqa: ANN401
        _session: Any,  # noqa: ANN401
        envelope: Any,  # noqa: ANN401
        address: str,
        _options: list[str],
    ) -> str:
        trouble = self.troubles[address][0] if self.troubles[address] else ""
        if trouble == CUT_AT_RCPT or trouble[:1].isdigit():
            self.troubles[address].popleft()
        if trouble == CUT_AT_RCPT:
            server.transport.close()
        if trouble[:1].isdigit():
            return trouble
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802
        [address] = envelope.rcpt_tos
        trouble = self.troubles[address].popleft() if self.troubles[address] else ""
        if trouble.startswith("DATA "):
            return trouble.removeprefix("DATA ")
        if trouble != CUT_BEFORE_KEEPING:
            self.mailboxes[address].append(envelope.content)
            self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
        self.cut_after_keeping += trouble == CUT_AFTER_KEEPING
        if trouble in (CUT_BEFORE_KEEPING, CUT_AFTER_KEEPING):
            server.transport.close()
        return "250 OK"

    def authenticate(
        self,
        _server: Any,  # noqa: ANN401
        _session: Any,  # noqa: ANN401
        _envelope: Any,  # noqa: ANN401
        _mechanism: str,
        given: LoginPassword,
    ) -> AuthResult:
        self.logins.append((given.login.decode(), given.password.decode()))
        good = given.password == b"correct horse"
        # A server that repeats the secret in its refusal: there are such.
        return AuthResult(success=good, handled=False, message=f"535 no: {given.password.decode()}")


class _Quiet(SMTP):
    """Says nothing when a connection that it cut itself is gone."""

    async def _handle_client(self) -> None:
        with suppress(ConnectionError):
            await super()._handle_client()


@contextmanager
def post_office(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> Iterator[PostOffice]:
    """Run a server; *tls* offers STARTTLS, or with *implicit* is there from the start."""
    office = PostOffice()
    loop = asyncio.new_event_loop()

    def make() -> SMTP:
        with warnings.catch_warnings():
            # It does not see that a connection encrypted from the start is encrypted.
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
            return _Quiet(
                office,
                hostname="post.example.org",
                loop=loop,
                tls_context=None if implicit else tls,
                require_starttls=bool(tls) and not implicit,
                auth_required=login,
                auth_require_tls=bool(tls) and not implicit,
                authenticator=office.authenticate if login else None,
            )

    server = loop.run_until_complete(loop.create_server(make, "127.0.0.1", 0, ssl=tls if implicit else None))
    office.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(_wind_up(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _wind_up(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for 127.0.0.1, and a client's that trusts it and nothing else."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    options = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = "-addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", *options.split(), *names.split(), *files], check=True, capture_output=True)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))
