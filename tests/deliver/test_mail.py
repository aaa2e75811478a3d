"""Mail over a real SMTP server on loopback: encryption, login, refusals, and connections cut at every step."""

import shutil
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from digest.config import Email
from digest.deliver.channel import DeliveryOutcome
from digest.deliver.mail import MailChannel, _on_the_wire
from digest.records import DeliveryState
from tests.deliver.postoffice import (
    CUT_AFTER_KEEPING,
    CUT_AT_RCPT,
    CUT_BEFORE_KEEPING,
    PostOffice,
    make_certificate,
    post_office,
)
from tests.render.make import week

ADA, BEN = "ada@example.net", "ben@example.net"
SECRET = {"DIGEST_SMTP_PASSWORD": "correct horse"}


@pytest.fixture(name="office")
def _office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture(name="certificate", scope="module")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def channel(
    office: PostOffice,
    *,
    tls: ssl.SSLContext | None = None,
    environment: Mapping[str, str] | None = None,
    **more: object,
) -> MailChannel:
    table: dict[str, Any] = {"to": [ADA, BEN], "from": "Digest <digest@example.org>", "host": "127.0.0.1"}
    settings = Email.model_validate(table | {"port": office.port, "security": "none"} | more)
    return MailChannel(settings, environment or {}, tls=tls, patience=2.0, patience_at_the_end=2.0)


def send(mail: MailChannel, *recipients: str) -> list[DeliveryOutcome]:
    made = week()
    outcomes = [mail.deliver(made, to, mail.message_id(made, to)) for to in recipients or (ADA,)]
    mail.close()
    return outcomes


LOGIN: dict[str, Any] = {"username": "ada", "password_env": "DIGEST_SMTP_PASSWORD"}


class TestSending:
    def test_each_recipient_gets_a_message_of_their_own(self, office: PostOffice) -> None:
        """One connection brings every recipient one message, addressed to them alone."""
        assert send(channel(office), ADA, BEN) == [DeliveryOutcome(state=DeliveryState.SENT)] * 2

        [to_ada], [to_ben] = office.mails(ADA), office.mails(BEN)
        assert (to_ada["To"], to_ben["To"]) == (ADA, BEN)
        assert to_ada["Message-ID"] != to_ben["Message-ID"]
        assert office.sessions == 1

    def test_what_arrives_is_what_was_composed(self, office: PostOffice) -> None:
        """Lines that begin with a dot, and all others, come through unchanged."""
        mail, made = channel(office), week()
        send(mail)

        named = mail.message_id(made, ADA)
        assert office.mailboxes[ADA] == [mail.compose(made, ADA, named).as_bytes()]

    def test_a_lone_dot_ends_no_message_early(self) -> None:
        """Dots at the start of lines are doubled, bare line ends mended, and one dot ends it all."""
        assert _on_the_wire(b"a\n.\r\n..b\rc") == b"a\r\n..\r\n...b\r\nc\r\n.\r\n"


class TestEncryption:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_it_encrypts_and_checks_the_certificate(
        self, certificate: tuple[ssl.SSLContext, ssl.SSLContext], security: str
    ) -> None:
        """With an authority that it trusts, the mail goes out encrypted and the password with it."""
        server, trust = certificate
        with post_office(tls=server, implicit=security == "tls", login=True) as office:
            mail = channel(office, tls=trust, environment=SECRET, security=security, **LOGIN)
            assert send(mail) == [DeliveryOutcome(state=DeliveryState.SENT)]

        assert office.logins == [("ada", "correct horse")]
        assert office.secure == [True]

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, certificate: tuple[ssl.SSLContext, ssl.SSLContext], security: str
    ) -> None:
        """Neither mail nor password goes to a server that cannot prove who it is."""
        with post_office(tls=certificate[0], implicit=security == "tls", login=True) as office:
            [outcome] = send(channel(office, environment=SECRET, security=security, **LOGIN))

        assert outcome.state == DeliveryState.FAILED
        assert "certificate is not trusted" in outcome.error
        assert office.logins == []

    def test_a_certificate_for_another_host_is_refused(
        self, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
    ) -> None:
        """A good certificate for 127.0.0.1 is none for localhost."""
        server, trust = certificate
        with post_office(tls=server, implicit=True) as office:
            [outcome] = send(channel(office, tls=trust, security="tls", host="localhost"))

        assert outcome.state == DeliveryState.FAILED
        assert "certificate is not trusted" in outcome.error

    def test_a_server_without_starttls_gets_nothing(self, office: PostOffice) -> None:
        """What was to be encrypted is never sent in the clear instead."""
        [outcome] = send(channel(office, environment=SECRET, security="starttls", **LOGIN))

        assert outcome.state == DeliveryState.FAILED
        assert "STARTTLS" in outcome.error
        assert office.mailboxes == {}

    def test_plain_is_for_this_machine_only(self, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
        """A "localhost" that leads elsewhere is found out before anything is said."""
        real = smtplib.SMTP._get_socket  # type: ignore[attr-defined]

        class Elsewhere:
            def __init__(self, sock: Any) -> None:  # noqa: ANN401
                self._sock = sock

            def getpeername(self) -> tuple[str, int]:
                return ("192.0.2.7", 25)

            def __getattr__(self, name: str) -> Any:  # noqa: ANN401
                return getattr(self._sock, name)

        monkeypatch.setattr(smtplib.SMTP, "_get_socket", lambda *given: Elsewhere(real(*given)))

        [outcome] = send(channel(office))

        assert outcome.state == DeliveryState.FAILED
        assert "192.0.2.7" in outcome.error
        assert office.mailboxes == {}


class TestPasswords:
    def test_a_refused_password_is_not_repeated(self) -> None:
        """Even a server that quotes it back does not get it into our error, our log or our repr."""
        wrong = {"DIGEST_SMTP_PASSWORD": "Tr0ub4dor&3"}
        with post_office(login=True) as office:
            mail = channel(office, environment=wrong, **LOGIN)
            [outcome] = send(mail)

        assert outcome.state == DeliveryState.FAILED
        assert "535" in outcome.error
        assert "Tr0ub4dor" not in outcome.error + repr(mail)
        assert office.mailboxes == {}

    def test_an_unset_variable_is_named(self, office: PostOffice) -> None:
        """Who forgot to set it reads which one it is, and the server is not asked at all."""
        [outcome] = send(channel(office, **LOGIN))

        assert "DIGEST_SMTP_PASSWORD is not set" in outcome.error
        assert office.sessions == 0

    def test_a_password_beyond_ascii_is_refused_in_words(self, office: PostOffice) -> None:
        """SMTP's login has no agreed form for it; the refusal does not show a letter of it."""
        [outcome] = send(channel(office, environment={"DIGEST_SMTP_PASSWORD": "pässwort"}, **LOGIN))

        assert "ASCII" in outcome.error
        assert "ä" not in outcome.error


class TestTroubles:
    def test_one_refused_recipient_does_not_stop_the_others(self, office: PostOffice) -> None:
        """Each recipient's outcome is their own."""
        office.troubles[ADA].append("550 no such mailbox")
        refused, sent = send(channel(office), ADA, BEN)

        assert (refused.state, sent.state) == ("failed", "sent")
        assert "550 no such mailbox" in refused.error
        assert len(office.mailboxes[BEN]) == 1

    def test_greylisting_is_a_failure_that_passes(self, office: PostOffice) -> None:
        """A 4xx answer leaves nothing behind, and the next attempt succeeds."""
        office.troubles[ADA].append("451 greylisted, come back later")
        mail = channel(office)
        [first], [second] = send(mail), send(mail)

        assert (first.state, second.state) == ("failed", "sent")
        assert len(office.mailboxes[ADA]) == 1

    def test_a_message_refused_whole_has_failed(self, office: PostOffice) -> None:
        """A refusal after DATA is certain: nothing was taken."""
        office.troubles[ADA].append("DATA 554 looks like advertising")
        [outcome] = send(channel(office))

        assert outcome.state == DeliveryState.FAILED
        assert "554 looks like advertising" in outcome.error

    def test_a_connection_cut_before_the_message_has_failed(self, office: PostOffice) -> None:
        """What never left did not arrive; the next recipient gets a new connection."""
        office.troubles[ADA].append(CUT_AT_RCPT)
        cut, sent = send(channel(office), ADA, BEN)

        assert (cut.state, sent.state) == ("failed", "sent")
        assert office.sessions == 2

    @pytest.mark.parametrize("trouble", [CUT_BEFORE_KEEPING, CUT_AFTER_KEEPING])
    def test_a_connection_cut_after_the_message_leaves_doubt(self, office: PostOffice, trouble: str) -> None:
        """Whether the server kept it cannot be told from here, and that is what is said."""
        office.troubles[ADA].append(trouble)
        cut, sent = send(channel(office), ADA, BEN)

        assert (cut.state, sent.state) == ("unknown", "sent")
        assert "not known" in cut.error
        assert len(office.mailboxes[ADA]) == (trouble == CUT_AFTER_KEEPING)

    def test_a_second_copy_has_the_same_message_id(self, office: PostOffice) -> None:
        """After a cut the message is sent again as the same one, so that mailboxes can tell."""
        office.troubles[ADA].append(CUT_AFTER_KEEPING)
        mail = channel(office)
        send(mail)
        send(mail)

        first, second = office.mails(ADA)
        assert first["Message-ID"] == second["Message-ID"]

    def test_a_server_that_is_not_there_is_asked_once(self, office: PostOffice) -> None:
        """Every recipient's error names it, and nobody waits twice."""
        mail = channel(office, port=1)
        one, two = send(mail, ADA, BEN)

        assert one == two
        assert one.state == DeliveryState.FAILED
        assert "127.0.0.1:1" in one.error
