"""Which shard a source belongs to: all sources of a registrable domain to the same one, so that a host has one owner.

A shard depends on the address that is asked and on the number of shards, on no other source. There are many more
shards than workers, which evens out domains of different sizes. A registrable domain is what can be registered under
a public suffix (publicsuffix.org): example.co.uk, and name.github.io, whose neighbours are other people's.
"""

import hashlib
import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from tld import get_fld

from digest import sources
from digest.fetch import politeness
from digest.records import Source, SourceState
from digest.sources.requests import address_of

#: a hundred thousand sources make 400 a shard
SHARDS = 256
#: all of arXiv, which allows one request at a time, wherever it comes from
ARXIV = 0
#: newsletters: a mailbox or a maildir is asked where the archive is
MAILBOXES = 1
_FIRST = 2


def shard_of(source: Source, state: SourceState | None = None, *, shards: int = SHARDS) -> int:
    """The shard of a source: by the address it was found at last, else by the declared one."""
    known = state or SourceState(source=source.name)
    if politeness.is_arxiv(source, known) or sources.kind_of(source, known) == "arxiv":
        return ARXIV
    address = address_of(source, known) or source.base_url
    if politeness.is_mailbox(address) or source.maildir:
        return MAILBOXES
    return shard_of_host(urlsplit(address).hostname or "", shards=shards)


def shard_of_host(host: str, *, shards: int = SHARDS) -> int:
    """The one shard that asks *host*."""
    if politeness.is_arxiv_host(host):
        return ARXIV
    digest = hashlib.blake2b(registrable_domain(host).encode(), digest_size=8).digest()
    return _FIRST + int.from_bytes(digest, "big") % (shards - _FIRST)


@lru_cache(maxsize=1 << 16)
def registrable_domain(host: str) -> str:
    """The domain that somebody registered; an address in numbers or a local name is its own."""
    host = host.lower().rstrip(".")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return get_fld(f"https://{host}", fail_silently=True, search_private=True) or host
    return host
