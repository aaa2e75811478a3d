"""Everything that can go wrong in a way the user can act on.

DigestError
├── ConfigError      sources.toml is missing, broken or contradicts itself
├── FetchError       a source could not be asked, or answered with a refusal
├── ParseError       a source answered with something that is not what it should be
│   └── ParserFailure  an answer broke its parser
├── StoreError       the archive cannot be opened, read or written
│   └── ArchiveBusy  another process holds the archive
├── NotFound         there is no such item or issue
├── UnknownWords     the embedding model knows none of the words looked for
├── ModelError       an embedding model is missing, damaged or of the wrong kind
└── DeliveryError    a digest could not be written or sent

A message names the source, key or channel at fault and is fit to be shown as it is;
the cause is chained. Anything that is not a DigestError is a bug; only the command line and the local page catch it, to say so in one line.
"""

from datetime import datetime


class DigestError(Exception):
    """An expected failure; its message is one line for the user."""


class ConfigError(DigestError):
    """sources.toml cannot be used as it is."""


class FetchError(DigestError):
    """A source gave no usable answer.

    `status` is the HTTP status or 0; `retry_at` the moment before which the source
    asked not to be asked again; `gone` that it said it will not come back (410).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        retry_at: datetime | None = None,
        gone: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_at = retry_at
        self.gone = gone


class ParseError(DigestError):
    """An answer is not a document this program can read entries from."""


class ParserFailure(ParseError):
    """An answer broke its parser: no fault that anybody foresaw, so its bytes are worth a look."""


class StoreError(DigestError):
    """The archive cannot be used."""


class ArchiveBusy(StoreError):
    """Another process holds the archive; `pid` is that process, or 0 where unknown."""

    def __init__(self, message: str, *, pid: int = 0) -> None:
        super().__init__(message)
        self.pid = pid


class NotFound(DigestError):
    """There is no item or issue of that name."""


class UnknownWords(DigestError):
    """The embedding model knows none of the words, so nothing can be found by their meaning."""


class ModelError(DigestError):
    """An embedding model cannot be used."""


class DeliveryError(DigestError):
    """A digest could not be delivered through a channel."""


def first_line(error: BaseException) -> str:
    """What another library's *error* says, on one line, for a ModelError."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
