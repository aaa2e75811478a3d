"""Which addresses may be asked at all: pure rules, applied to every step and every connection.

A feed is written by strangers, and a redirect or a DNS answer of theirs must not make this
program read the learner's own network. Nothing here touches the network.
"""

import ipaddress
from urllib.parse import quote, urlsplit, urlunsplit

from digest.errors import FetchError
from digest.fetch.steps import HostPort
from digest.records import Source

_PORTS = {"http": 80, "https": 443}
# What may stand unescaped in a path or query; "%" because what is escaped already stays so.
_SAFE = "/%:@!$&'()*+,;=~?"
#: names that only mean something inside a house or a machine (RFC 6761, 6762, 8375 and custom)
_LOCAL_SUFFIXES = ("localhost", "local", "lan", "home", "internal", "intranet", "corp", "home.arpa", "test")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def wire_url(url: str, *, written: str = "") -> str:
    """Write *url* as it goes over the wire; FetchError, about it as *written*, where it may not be asked at all."""
    shown = brief(written or url)
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except ValueError as error:  # UnicodeError is one
        raise FetchError(f"not a web address: {shown}") from error
    if parts.scheme not in _PORTS:
        raise FetchError(f"not an http or https address: {shown}")
    if not host or "%" in host:
        raise FetchError(f"not a web address: {shown}")
    if "@" in parts.netloc:
        raise FetchError(f"refused: a user name or password stands in the address ({host})")
    where = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[parts.scheme]:
        where += f":{port}"
    return urlunsplit((parts.scheme, where, quote(parts.path, _SAFE) or "/", quote(parts.query, _SAFE), ""))


def host_port(url: str) -> HostPort:
    """Name the host and port of a valid *url*."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower().rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)


def declared_hosts(source: Source) -> frozenset[HostPort]:
    """Name the hosts and ports that the learner wrote down for this source."""
    places = set()
    for url in (source.url, source.base_url):
        try:
            places.add(host_port(wire_url(url)))
        except FetchError:  # an arxiv source has no url; a bad one is reported when it is asked
            continue
    return frozenset(places)


def refusal(address: str, host: str, *, declared: bool) -> str:
    """Say why a connection to *address*, found under the name *host*, is refused; "" where it is not.

    A declared host may be private. But a declared name out in the world that suddenly points
    to this machine or to the link (cloud metadata lives there) is a DNS trick; only a name
    that can be nothing but local, or the address itself written down, may lead there.
    """
    ip = _inner(ipaddress.ip_address(address.partition("%")[0]))
    if ip.is_global and not ip.is_multicast:
        return ""
    harmless = ip.is_private and not (ip.is_loopback or ip.is_link_local or ip.is_unspecified)
    if declared and (harmless or _is_local_name(host)):
        return ""
    if host == address:
        return f"refused: {address} is a {_character(ip)} address"
    return f"refused: {host} is at {address}, a {_character(ip)} address"


def refusal_by_name(host: str, *, declared: bool) -> str:
    """Say what can be said against *host* without looking it up, as behind a proxy."""
    try:
        return refusal(host, host, declared=declared)
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
        return refusal("127.0.0.1", host, declared=declared) if local else ""


def _inner(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Unwrap an IPv4 address that travels inside an IPv6 one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _is_local_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(tuple(f".{suffix}" for suffix in _LOCAL_SUFFIXES))
    return True


def _character(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    for name in ("loopback", "link_local", "multicast", "unspecified", "private"):
        if getattr(ip, f"is_{name}"):
            return name.replace("_", "-")
    return "special"


def brief(url: str) -> str:
    """Cut an address down for a message, without anything secret before an @."""
    text = " ".join(url.split())
    scheme, slashes, rest = text.partition("://")
    text = f"{scheme}{slashes}{rest.rpartition('@')[2]}"
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
