"""Which addresses may be fetched: pure rules, applied to every step and every connection. No I/O.

Strangers write feeds, and their redirects or DNS answers must not make this program read the
learner's own network (server-side request forgery).
"""

import ipaddress
from urllib.parse import quote, urlsplit, urlunsplit

from digest.errors import FetchError
from digest.fetch.request_steps import HostPort
from digest.records import Source

_PORTS = {"http": 80, "https": 443}
# Characters left as they are in a path or query; "%" so that nothing is escaped twice.
_SAFE = "/%:@!$&'()*+,;=~?"
#: names that mean something only on a local network or machine (RFC 6761, 6762, 8375 and custom)
_LOCAL_SUFFIXES = ("localhost", "local", "lan", "home", "internal", "intranet", "corp", "home.arpa", "test")
#: IPv6 networks whose addresses end in an IPv4 one: translated (RFC 6052, 8215, 2765) or compatible (RFC 4291)
_EMBEDDING = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")))
#: Special by IANA's registries, and global to some versions of `ipaddress`.
_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16"),
    )
)
#: scheme, host and port
Origin = tuple[str, str, int]


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


def origin(url: str) -> Origin:
    """Return the scheme, host and port of a valid *url*."""
    return urlsplit(url).scheme, *host_port(url)


def declared_origins(source: Source) -> frozenset[Origin]:
    """Return the schemes, hosts and ports that the learner wrote in this source's addresses."""
    origins = set()
    for url in (source.url, source.base_url):
        try:
            origins.add(origin(wire_url(url)))
        except FetchError:  # an arxiv source has no url; a bad one is reported when it is asked
            continue
    return frozenset(origins)


def declared_hosts(source: Source) -> frozenset[HostPort]:
    return frozenset((host, port) for _, host, port in declared_origins(source))


def refusal(address: str, host: str, *, declared: bool) -> str:
    """Say why a connection to *address*, which *host* resolves to, is refused; "" if it is allowed.

    A declared host may be private. But a declared public name that suddenly resolves to this
    machine or to a link-local address (cloud metadata) is a DNS trick: only a local name, or the
    address itself written in the source, may lead there.
    """
    outer = ipaddress.ip_address(address.partition("%")[0])
    ip = _inner(outer)
    special = _is_special(ip) or _is_special(outer)
    if ip.is_global and not ip.is_multicast and not special:
        return ""
    harmless = (ip.is_private or special) and not (ip.is_loopback or ip.is_link_local or ip.is_unspecified)
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


def is_local(host: str) -> bool:
    """Whether a host is on this machine or a local network, as far as its name or address says."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return _is_local_name(host)


def _inner(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Unwrap an IPv4 address embedded in an IPv6 one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if int(ip) > 1 and any(ip in network for network in _EMBEDDING):  # "::" and "::1" are themselves
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _is_special(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(ip in network for network in _SPECIAL)


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
    return "private" if _is_special(ip) else "special"


def brief(url: str) -> str:
    """Shorten an address for a message, without the secrets before an @."""
    text = " ".join(url.split())
    scheme, slashes, rest = text.partition("://")
    text = f"{scheme}{slashes}{rest.rpartition('@')[2]}"
    return repr(text if len(text) <= 80 else f"{text[:77]}...")
