"""Which addresses may be asked at all."""

import pytest

from digest.errors import FetchError
from digest.fetch import address_guard
from digest.records import Source


class TestWireUrl:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://Blog.Example.org", "https://blog.example.org/"),
            (" https://blog.example.org/feed#top ", "https://blog.example.org/feed"),
            ("http://blog.example.org:80/a b?q=ä|", "http://blog.example.org/a%20b?q=%C3%A4%7C"),
            ("https://blog.example.org:8443/a%20b", "https://blog.example.org:8443/a%20b"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ],
    )
    def test_goes_over_the_wire_in_ascii(self, url: str, expected: str) -> None:
        """Hosts become IDNA, odd characters are escaped once, fragments and default ports go."""
        assert address_guard.wire_url(url) == expected
        assert address_guard.wire_url(expected) == expected

    @pytest.mark.parametrize(
        "url",
        ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "gopher://example.org/", "//example.org/x",
         "/feed", "", "http://", "http://[::1", "http://example.org:99999/", "http://" + "a" * 70 + ".example/"],
    )  # fmt: skip
    def test_other_things_are_refused(self, url: str) -> None:
        """Only http and https addresses with a host and a possible port are asked."""
        with pytest.raises(FetchError):
            address_guard.wire_url(url)

    def test_secrets_in_addresses_are_refused_and_not_repeated(self) -> None:
        """A password in an address is neither sent nor shown."""
        for url in ("https://ada:secret@example.org/feed", "ftp://ada:secret@example.org/feed"):
            with pytest.raises(FetchError) as caught:
                address_guard.wire_url(url)
            assert "secret" not in str(caught.value)


class TestRefusal:
    SPECIAL = ("127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
               "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
               "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::")  # fmt: skip

    @pytest.mark.parametrize("address", SPECIAL)
    def test_special_addresses_are_refused(self, address: str) -> None:
        """Private, loopback, link-local and other special addresses, also inside IPv6."""
        assert "refused" in address_guard.refusal(address, "blog.example.org", declared=False)

    @pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
    def test_public_addresses_are_not(self, address: str) -> None:
        """The world itself may be asked."""
        assert address_guard.refusal(address, "blog.example.org", declared=False) == ""

    @pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.1", "169.254.1.1", "::1"])
    def test_an_address_written_down_is_allowed(self, address: str) -> None:
        """The learner may name an address of their own network."""
        assert address_guard.refusal(address, address, declared=True) == ""

    @pytest.mark.parametrize("host", ["localhost", "nas", "nas.local", "wiki.lan", "feeds.home.arpa"])
    def test_a_local_name_may_lead_anywhere(self, host: str) -> None:
        """A declared name that means nothing outside may be at any address."""
        assert address_guard.refusal("127.0.0.1", host, declared=True) == ""
        assert address_guard.refusal("127.0.0.1", host, declared=False) != ""

    def test_a_declared_public_name_may_be_private_but_never_this_machine(self) -> None:
        """Companies resolve their names to private addresses; loopback and cloud metadata are a DNS trick."""
        assert address_guard.refusal("10.1.2.3", "wiki.example.com", declared=True) == ""
        for address in ("127.0.0.1", "169.254.169.254", "::1", "0.0.0.0", "::ffff:127.0.0.1"):
            assert address_guard.refusal(address, "feed.example.com", declared=True) != ""

    def test_the_message_names_host_address_and_kind(self) -> None:
        """One line says what was refused and why."""
        reason = address_guard.refusal("127.0.0.1", "evil.example", declared=False)
        assert reason == "refused: evil.example is at 127.0.0.1, a loopback address"

    def test_behind_a_proxy_names_are_judged_as_written(self) -> None:
        """Where the proxy looks names up, addresses and localhost are still recognised."""
        assert address_guard.refusal_by_name("169.254.169.254", declared=False) != ""
        assert address_guard.refusal_by_name("localhost", declared=False) != ""
        assert address_guard.refusal_by_name("blog.example.org", declared=False) == ""
        assert address_guard.refusal_by_name("127.0.0.1", declared=True) == ""


class TestDeclaredHosts:
    def test_are_exact_hosts_and_ports(self) -> None:
        """The port counts, and arXiv's base address as well as the source's own."""
        source = Source(name="x", url="http://127.0.0.1:8000/feed", base_url="https://Mirror.example/arxiv")
        assert address_guard.declared_hosts(source) == {("127.0.0.1", 8000), ("mirror.example", 443)}
