"""Connections are opened to addresses that the guard lets through, and securely."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.fetch.host_client import HostClient
from digest.fetch.network_backend import look_up
from tests.fetch.make import PATIENT, SLOT, step
from tests.fetch.server import Said, World, serving


@pytest.fixture(name="world")
def _world() -> Iterator[World]:
    with serving({"/good": Said()}) as world:
        yield world


class TestGuards:
    def test_a_name_that_leads_home_is_refused_before_anything_is_sent(self, world: World) -> None:
        """The address really connected to is what counts, not the name."""
        client = HostClient(declared=False, limits=PATIENT, resolve=lambda host, port: ["127.0.0.1"])
        answer = client.send(step(f"http://evil.example:{world.port}/good", declared=False), 1000, SLOT)
        assert answer.error == "refused: evil.example is at 127.0.0.1, a loopback address"
        assert world.log == []

    def test_a_name_is_looked_up_once_and_what_was_judged_is_connected_to(self, world: World) -> None:
        """A name that answers differently the second time gains nothing."""
        looked_up = []

        def rebinding(host: str, port: int) -> list[str]:
            looked_up.append(host)
            return ["127.0.0.1"] if len(looked_up) == 1 else ["169.254.169.254"]

        client = HostClient(declared=True, limits=PATIENT, resolve=rebinding)
        answer = client.send(step(f"http://nas.local:{world.port}/good"), 1_000_000, SLOT)
        client.close()
        assert (answer.status, looked_up) == (200, ["nas.local"])

    def test_a_name_with_nothing_but_special_addresses_is_refused(self) -> None:
        """The first reason is given."""
        client = HostClient(declared=False, limits=PATIENT, resolve=lambda host, port: ["10.0.0.1", "::1"])
        answer = client.send(step("http://inside.example/", declared=False), 1000, SLOT)
        assert answer.error == "refused: inside.example is at 10.0.0.1, a private address"

    def test_a_dead_first_address_leaves_time_for_the_second(self, world: World) -> None:
        """One broken address family does not make a host unreachable."""
        client = HostClient(declared=True, limits=PATIENT, resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"])
        answer = client.send(step(f"http://nas.local:{world.port}/good"), 1_000_000, SLOT)
        client.close()
        assert answer.status == 200

    def test_looking_up_alternates_families(self) -> None:
        """Addresses written down are found without asking anybody."""
        assert look_up("127.0.0.1", 80) == ["127.0.0.1"]
        assert look_up("::1", 80) == ["::1"]


@pytest.fixture(name="certificate", scope="module")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody vouches for, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    whole = folder / "both.pem"
    whole.write_bytes((folder / "key.pem").read_bytes() + (folder / "certificate.pem").read_bytes())
    return whole


class TestSecureConnections:
    def test_a_certificate_nobody_vouches_for_is_refused(self, certificate: Path) -> None:
        """And the reason is said."""
        with serving({"/": Said()}, _server_context(certificate)) as world:
            client = HostClient(declared=True, limits=PATIENT)
            answer = client.send(step(world.url("/")), 1000, SLOT)
            client.close()
        assert answer.error.startswith("certificate not valid: self")
        assert answer.host_failed

    def test_a_trusted_one_is_accepted(self, certificate: Path) -> None:
        """The machine's own trust decides, as SSL_CERT_FILE and the like shape it."""
        trusting = ssl.create_default_context(cafile=str(certificate))
        with serving({"/": Said()}, _server_context(certificate)) as world:
            client = HostClient(declared=True, limits=PATIENT, tls=trusting)
            answers = [client.send(step(world.url("/")), 1_000_000, SLOT) for _ in range(2)]
            client.close()
        assert [answer.status for answer in answers] == [200, 200]

    def test_a_server_without_tls_is_named(self) -> None:
        """An https address of a plain server."""
        with serving({"/": Said()}) as world:
            answer = HostClient(declared=True, limits=PATIENT).send(
                step(f"https://127.0.0.1:{world.port}/"), 1000, SLOT
            )
        assert answer.error.startswith("no secure connection: ")


def _server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
