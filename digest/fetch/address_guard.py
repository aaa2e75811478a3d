"""Which addresses may be fetched: pure rules, applied to every step and every connection. No I/O.

Strangers write feeds, and their redirects or DNS answers must not make this program read the
learner's own network (server-side request forgery).
"""

import ipaddress
from urllib.parse import quote, urlsplit, urlunsplit

from digest.errors import FetchError
from digest.fetch.steps import HostPort
from digest.records import Source

_PORTS = {"http": 80, "https": 443}
# Characters left as they are in a path or query; "%" so that nothing is escaped twice.
_SAFE = "/%:@!$&'()*+,;=~?"
#: names that mean something only on a local network or machine (RFC 6761, 6762, 8375 and custom)
_LOCAL_SUFFIXES = ("localhost", "local", "lan", "home", "internal", "intranet", "corp", "home.arpa", "test")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def wire_url(url: str, *, written: str = "") -> str:
    """Write *url* in ASCII as it is sent; FetchError, quoting it as *written*, if it may not be fetched at all."""
    shown = brief(written or url)
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except ValueError as error:  # includes UnicodeError
        raise FetchError(f"not a web address: {shown}") from error
    if parts.scheme not in _PORTS:
        raise FetchError(f"not an http or https address: {shown}")
    if not host or "%" in host:
        raise FetchError(f"not a web address: {shown}")
    if "@" in parts.netloc:
        raise FetchError(f"refused: the address contains a user name or password ({host})")
    where = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[parts.scheme]:
        where += f":{port}"
    return urlunsplit((parts.scheme, where, quote(parts.path, _SAFE) or "/", quote(parts.query, _SAFE), ""))


def host_port(url: str) -> HostPort:
    """Return the host and port of a valid *url*."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower().rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)


def declared_hosts(source: Source) -> frozenset[HostPort]:
    """Return the hosts and ports that the learner wrote in this source's addresses."""
    hosts = set()
    for url in (source.url, source.base_url):
        try:
            hosts.add(host_port(wire_url(url)))
        except FetchError:  # an arxiv source has no url; a bad one is reported when it is asked
            continue
    return frozenset(hosts)


def refusal(address: str, host: str, *, declared: bool) -> str:
    """Say why a connection to *address*, which *host* resolves to, is refused; "" if it is allowed.

    A declared host may be private. But a declared public name that suddenly resolves to this
    machine or to a link-local address (cloud metadata) is a DNS trick: only a local name, or the
    address itself written in the source, may lead there.
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
    """Judge *host* without looking it up, as behind a proxy: the reason to refuse it, or ""."""
    try:
        return refusal(host, host, declared=declared)
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
        return refusal("127.0.0.1", host, declared=declared) if local else ""


def _inner(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Unwrap an IPv4 address embedded in an IPv6 one."""
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
    """Shorten an address for a message, without the secrets before an @."""
    text = " ".join(url.split())
    scheme, slashes, rest = text.partition("://")
    text = f"{scheme}{slashes}{rest.rpartition('@')[2]}"
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
