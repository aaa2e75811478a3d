"""Sends issues by mail: one connection, one message a recipient, and the truth about what became of each.

A message certainly did not arrive until its last byte has left; after that, and until the
server's answer is read, nobody knows. The password comes from the environment, goes to the
server over an encrypted connection (or to this machine), and is taken out of every text that
leaves this module.
"""

import base64
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from digest.config import Email
from digest.deliver.channel import DeliveryOutcome
from digest.deliver.message import address, compose_message, message_id, one_line
from digest.errors import DeliveryError
from digest.fetch.deadline import Deadline
from digest.records import DeliveryState, Issue
from digest.render.mail_marks import ReplyAddress

#: For a connection and each answer on the way, in seconds.
PATIENCE = 30.0
#: For the answer to a whole message, which a server may take long to accept (RFC 5321, 4.5.3.2.6):
#: a client that hangs up sooner has it delivered twice.
PATIENCE_AT_THE_END = 600.0
#: For all that is said before a message is handed over, and again for each message; a byte now and then
#: would renew the patience above for ever.
CONVERSATION = 120.0
#: An address literal instead of this machine's name: the name is private, and looking it up can be slow.
_GREETING_NAME = "[127.0.0.1]"
_LONGEST_COMPLAINT = 200


class MailChannel:
    """One SMTP server; connects at the first message and stays connected until `close`."""

    name = "email"

    def __init__(
        self,
        settings: Email,
        environment: Mapping[str, str],
        *,
        reply_to: ReplyAddress | None = None,
        tls: ssl.SSLContext | None = None,
        patience: float = PATIENCE,
        patience_at_the_end: float = PATIENCE_AT_THE_END,
        conversation: float = CONVERSATION,
    ) -> None:
        """*reply_to* is where marks by mail go, and *tls* says whom to trust: the system's authorities unless given."""
        self._settings = settings
        self._reply_to = reply_to
        self._password = environment.get(settings.password_env, "") if settings.password_env else ""
        self._tls = tls
        self._patience = patience
        self._patience_at_the_end = patience_at_the_end
        self._conversation = conversation
        self._client: smtplib.SMTP | None = None
        self._unreachable = ""

    def recipients(self, period: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._settings.to))

    def message_id(self, issue: Issue, recipient: str, *, again: str = "") -> str:
        return message_id(issue, recipient, self._settings.sender, again=again)

    def compose(self, issue: Issue, recipient: str, message_id: str) -> EmailMessage:
        return compose_message(
            issue,
            sender=self._settings.sender,
            recipient=recipient,
            message_id=message_id,
            reply_to=self._reply_to,
        )

    def deliver(self, issue: Issue, recipient: str, message_id: str) -> DeliveryOutcome:
        """Send one message; whatever goes wrong is in the outcome."""
        payload = self.compose(issue, recipient, message_id).as_bytes()
        if self._unreachable:  # tried for another recipient a moment ago
            return DeliveryOutcome(state=DeliveryState.FAILED, error=self._unreachable)
        try:
            with Deadline(self._conversation) as deadline:
                client = self._connected(deadline)
        except DeliveryError as error:
            self._unreachable = str(error)
            return DeliveryOutcome(state=DeliveryState.FAILED, error=self._unreachable)
        return self._hand_over(client, recipient, payload)

    def close(self) -> None:
        """Part politely; the server's answer no longer is of interest."""
        client, self._client = self._client, None
        if client is not None:
            with Deadline(self._patience) as deadline, suppress(OSError, smtplib.SMTPException):
                _watch(client, deadline)
                client.quit()
            client.close()

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        """Use the connection that is open, unless the server has hung up since the last message."""
        if self._client is not None:
            try:
                _watch(self._client, deadline)
                _expect(self._client.noop(), 250)
            except (OSError, smtplib.SMTPException):
                self._client.close()
                self._client = None
        if self._client is None:
            self._client = self._connect(deadline)
        return self._client

    def _connect(self, deadline: Deadline) -> smtplib.SMTP:
        """Connect, encrypt and log in, in that order and never less."""
        self._check_secret()
        client: smtplib.SMTP | None = None
        try:
            client = self._open(deadline)
            if self._settings.security == "starttls":
                client.starttls(context=self._trust())
            elif self._settings.security == "none":
                _require_loopback(client)
            if self._settings.username:
                client.login(self._settings.username, self._password)
            if not deadline.over:  # else the last answer was cut short, and only looks like one
                return client
            complaint = self._explain(TimeoutError(), deadline)
        # The cause is not chained: it may quote what was sent to the server, the password included.
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            complaint = self._explain(error, deadline)
        if client is not None:
            client.close()
        raise DeliveryError(complaint)

    def _open(self, deadline: Deadline) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        if self._settings.security == "tls":
            return _EncryptedClient(deadline, host, port, timeout=self._patience, context=self._trust())
        return _SmtpClient(deadline, host, port, timeout=self._patience)

    def _trust(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _hand_over(self, client: smtplib.SMTP, recipient: str, payload: bytes) -> DeliveryOutcome:
        """Carry out one SMTP transaction by its steps, because each of them fails in its own way."""
        with Deadline(self._conversation) as deadline:
            try:
                _watch(client, deadline)
                client.ehlo_or_helo_if_needed()
                _expect(client.mail(address(self._settings.sender).addr_spec), 250)
                _expect(client.rcpt(address(recipient).addr_spec), 250, 251)
                _expect(client.docmd("DATA"), 354)
                client.send(_on_the_wire(payload))
            except smtplib.SMTPResponseException as refusal:
                self._start_over(client)
                return DeliveryOutcome(state=DeliveryState.FAILED, error=self._explain(refusal, deadline))
            except (OSError, smtplib.SMTPException) as error:
                self._client = None
                return DeliveryOutcome(state=DeliveryState.FAILED, error=self._explain(error, deadline))
        with Deadline(self._patience_at_the_end) as deadline:
            return self._answer(client, deadline)

    def _answer(self, client: smtplib.SMTP, deadline: Deadline) -> DeliveryOutcome:
        """Read what the server says to the whole message."""
        try:
            _watch(client, deadline)
            if client.sock is not None:
                client.sock.settimeout(self._patience_at_the_end)
            code, text = client.getreply()
            if client.sock is not None:
                client.sock.settimeout(self._patience)
        except (OSError, smtplib.SMTPException) as error:
            self._client = None
            return DeliveryOutcome(
                state=DeliveryState.UNKNOWN, error=f"{self._explain(error, deadline)}; whether it arrived is not known"
            )
        if deadline.over:
            late = self._explain(TimeoutError(), deadline)
            return DeliveryOutcome(state=DeliveryState.UNKNOWN, error=f"{late}; whether it arrived is not known")
        if 200 <= code < 300:
            return DeliveryOutcome(state=DeliveryState.SENT)
        return DeliveryOutcome(
            state=DeliveryState.FAILED, error=self._explain(smtplib.SMTPResponseException(code, text), deadline)
        )

    def _start_over(self, client: smtplib.SMTP) -> None:
        """Make the connection ready for the next recipient, or give it up."""
        try:
            _expect(client.rset(), 250)
        except (OSError, smtplib.SMTPException):
            client.close()
            self._client = None

    def _check_secret(self) -> None:
        settings = self._settings
        if not settings.username:
            return
        if not self._password:
            wanted = settings.password_env or "the variable that email.password_env should name"
            raise DeliveryError(f"{self._where}: logging in needs a password, and {wanted} is not set")
        if not self._password.isascii() or not settings.username.isascii():
            raise DeliveryError(f"{self._where}: user name and password must be ASCII to log in")

    @property
    def _where(self) -> str:
        return f"mail server {self._settings.host}:{self._settings.port}"

    def _explain(self, error: Exception, deadline: Deadline) -> str:
        """One line that names the server, with nothing of the secret in it."""
        match error:
            case OSError() if deadline.over:  # SMTPException is one
                words = f"it took longer than {deadline.seconds:g} s"
            case smtplib.SMTPResponseException():
                text = error.smtp_error
                said = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else str(text)
                words = f"it answered {error.smtp_code} {said}"
            case ssl.SSLCertVerificationError():
                words = f"its certificate is not trusted: {error.verify_message}"
            case ssl.SSLError():
                words = f"no encrypted connection: {error.reason or error}"
            case TimeoutError():
                words = "no answer in time"
            case OSError():
                words = error.strerror or str(error) or "the connection was cut"
            case _:
                words = str(error) or "the connection was cut"
        line = one_line(_without(self._secrets(), words))
        return f"{self._where}: {line[:_LONGEST_COMPLAINT]}"

    def _secrets(self) -> list[str]:
        """The password in every form in which SMTP carries it, longest first."""
        if not self._password:
            return []
        user, word = self._settings.username.encode(), self._password.encode()
        plain = (b"\0" + user + b"\0" + word, user + b"\0" + user + b"\0" + word, word)
        forms = [base64.b64encode(form).decode() for form in plain] + [self._password]
        return sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return f"MailChannel({self._settings.host}:{self._settings.port})"


class _SmtpClient(smtplib.SMTP):
    """The library's client, whose connection is watched from before its greeting."""

    def __init__(self, deadline: Deadline, host: str, port: int, *, timeout: float) -> None:
        self._deadline = deadline
        super().__init__(host, port, _GREETING_NAME, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:  # noqa: ANN401 - a socket, which the library makes
        connection = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(connection)
        return connection


class _EncryptedClient(smtplib.SMTP_SSL, _SmtpClient):
    """It encrypts what `_SmtpClient` watches."""

    def __init__(self, deadline: Deadline, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        self._deadline = deadline
        smtplib.SMTP_SSL.__init__(self, host, port, _GREETING_NAME, timeout=timeout, context=context)


def _watch(client: smtplib.SMTP, deadline: Deadline) -> None:
    if client.sock is not None:
        deadline.watch(client.sock)


def _expect(reply: tuple[int, bytes], *codes: int) -> None:
    if reply[0] not in codes:
        raise smtplib.SMTPResponseException(*reply)


def _require_loopback(client: smtplib.SMTP) -> None:
    """Check where "localhost" really led: names can be made to point anywhere."""
    peer = str(client.sock.getpeername()[0]) if client.sock else ""
    if not peer or not ipaddress.ip_address(peer.partition("%")[0]).is_loopback:
        raise OSError(f'security = "none" is for this machine only, and {peer} is not')


def _on_the_wire(payload: bytes) -> bytes:
    """The message as DATA carries it: lines that begin with a dot get a second one, and a lone dot ends it."""
    lines = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r?\n|\r", b"\r\n", payload))
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _without(secrets: list[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
