"""What to request from each kind of source, and how the answers become Items.

Pure functions over bytes: no clock, no disk, no network. The names below are loaded when they are first used, with
all parsers; who only wants to read an address or a date imports that module and loads none.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digest.sources.kinds import KINDS, SourceKind, first_requests, follow_requests, kind_of, parse
    from digest.sources.polling_hints import hints

__all__ = ["KINDS", "SourceKind", "first_requests", "follow_requests", "hints", "kind_of", "parse"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of them
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from digest.sources import kinds, polling_hints

    return getattr(polling_hints if name == "hints" else kinds, name)
