"""Sources in few words: arXiv categories, a repository, a channel or a board instead of an address. Pure."""

import re

from digest.records import Source

_CATEGORIES = re.compile(r"arxiv:\s*([\w.*-]+(?:\s*,\s*[\w.*-]+)*)", re.IGNORECASE)
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


def source_meant(typed: str, *, kind: str = "", mirror: str = "") -> Source:
    """The source that a few words stand for, named as they were typed; an address stands for itself.

    *mirror* is a server that is asked in place of arXiv's own.
    """
    if match := _CATEGORIES.fullmatch(typed):
        categories = tuple(part.strip() for part in match[1].split(","))
        return Source(name=typed, url="", kind="arxiv", categories=categories, base_url=mirror)
    if match := re.fullmatch(r"/?r/(\w+)/?", typed):
        return Source(name=typed, url=f"https://www.reddit.com/r/{match[1]}", kind=kind)
    if re.fullmatch(r"@[\w.-]+", typed):
        return Source(name=typed, url=f"https://www.youtube.com/{typed}", kind=kind)
    if _REPOSITORY.fullmatch(typed):
        return Source(name=typed, url=f"https://github.com/{typed}", kind=kind)
    return Source(name=typed, url=typed if "://" in typed else f"https://{typed}", kind=kind)
