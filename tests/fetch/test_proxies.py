"""Requests go through the proxy that the environment names, and the guard holds there too."""

import pytest

from digest.errors import FetchError
from digest.fetch.host_client import HostClient
from digest.fetch.proxies import environment_proxy, proxy_of
from tests.fetch.make import PATIENT, SLOT, step
from tests.fetch.server import Said, serving


class TestProxies:
    def test_requests_go_through_the_proxy(self) -> None:
        """The proxy is asked for the whole address, under its own user name."""
        seen = []

        def proxying(asked: object) -> Said:
            seen.append(asked)
            return Said()

        with serving(proxying) as proxy:
            client = HostClient(declared=False, limits=PATIENT, proxy=f"http://ada:secret@127.0.0.1:{proxy.port}")
            answer = client.send(step("http://blog.example.org/feed", declared=False), 1_000_000, SLOT)
            client.close()
        assert answer.status == 200
        assert proxy.paths() == ["http://blog.example.org/feed"]
        assert proxy.log[0].headers["proxy-authorization"].startswith("Basic ")

    def test_the_guard_stands_before_the_proxy_too(self) -> None:
        """A proxy is not asked for addresses of this machine or its link."""
        client = HostClient(declared=False, limits=PATIENT, proxy="http://127.0.0.1:9")
        assert "link-local" in client.send(step("http://169.254.169.254/", declared=False), 1000, SLOT).error

    def test_unknown_kinds_of_proxy_are_named(self) -> None:
        """A SOCKS proxy in the environment gives one clear line."""
        with pytest.raises(FetchError, match="socks5"):
            proxy_of("socks5://127.0.0.1:1080")

    def test_the_environment_names_the_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its exceptions are heeded, and this machine itself is never asked through a proxy."""
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        assert environment_proxy(step("https://blog.example.org/")) == ""
        monkeypatch.setenv("https_proxy", "proxy.example:3128")
        monkeypatch.setenv("no_proxy", "intern.example")
        assert environment_proxy(step("https://blog.example.org/")) == "http://proxy.example:3128"
        assert environment_proxy(step("http://blog.example.org/")) == ""
        assert environment_proxy(step("https://wiki.intern.example/")) == ""
        assert environment_proxy(step("https://127.0.0.1:8443/")) == ""
