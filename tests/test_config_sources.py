"""What [[sources]], [imap] and [marks] may say beyond a name and an address."""

from datetime import timedelta
from typing import Any

import pytest

from digest.config import Config, parse_config
from digest.errors import ConfigError
from digest.records import Source

URL = "https://example.org/feed"
IMAP = {"host": "imap.example.org", "username": "ada", "password_env": "MAIL", "folder": "News & more"}


def read(imap: dict[str, Any] | None = None, **source: Any) -> Config:  # noqa: ANN401 - anything
    table: dict[str, Any] = {"focus": {"statement": "x"}, "sources": [{"name": "A"} | source]}
    return parse_config(table | ({"imap": imap} if imap else {}))


def one(imap: dict[str, Any] | None = None, **source: Any) -> Source:  # noqa: ANN401 - anything
    return read(imap, **source).sources[0]


def test_what_is_not_said() -> None:
    """A source is neither read whole nor weighed, and its pace is its own."""
    source = one(url=URL)

    assert (source.full_text, source.every, source.weight, source.headers_env) == (False, None, 1.0, ())


def test_what_is_said() -> None:
    """Each key arrives in the record."""
    source = one(
        url=URL, full_text=True, every="6h", weight=2, headers_env={"Authorization": "TOKEN", "basic": "LOGIN"}
    )

    assert (source.full_text, source.every, source.weight) == (True, timedelta(hours=6), 2.0)
    assert source.headers_env == (("Authorization", "TOKEN"), ("basic", "LOGIN"))


@pytest.mark.parametrize(
    ("kind", "said", "url"),
    [
        ("releases", {"url": "ada/engine"}, "https://github.com/ada/engine"),
        ("releases", {"url": "https://github.com/ada/engine"}, "https://github.com/ada/engine"),
        ("hackernews", {}, "https://news.ycombinator.com/rss"),
        ("hackernews", {"url": "https://hnrss.org/best"}, "https://hnrss.org/best"),
        ("newsletter", {"maildir": "~/Mail/news"}, "maildir:~/Mail/news"),
        ("newsletter", {"maildir": "news", "sender": "a.org"}, "maildir:news#a.org"),
    ],
)
def test_addresses_in_fewer_words(kind: str, said: dict[str, Any], url: str) -> None:
    """Another mailbox or sender is another address, so that it starts afresh."""
    assert one(kind=kind, **said).url == url


def test_newsletters_share_the_folder_of_imap() -> None:
    """Several may come from there, told apart by their senders."""
    assert one(IMAP, kind="newsletter").url == "imap://imap.example.org:993/News%20%26%20more"
    assert read(IMAP, kind="newsletter").imap is not None


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ({"url": URL, "every": "10s"}, 'every: must be between "1m" and "24h"'),
        ({"url": URL, "weight": 0}, "weight: must be a number from 0.1 to 10, not 0"),
        ({"url": URL, "weight": True}, "weight: must be a number from 0.1 to 10, not true"),
        ({"url": URL, "headers_env": {"Host": "X"}}, "headers_env: 'Host' is no header that can be set"),
        ({"url": URL, "headers_env": {"A b": "X"}}, "headers_env: 'A b' is no header that can be set"),
        ({"url": URL, "headers_env": {"A": "Bearer abc"}}, "headers_env: must be the name of an environment variable"),
        ({"url": URL, "headers_env": "X"}, "headers_env: must be a table such as"),
        ({"url": URL, "maildir": "x"}, 'maildir and sender go with kind = "newsletter"'),
        ({"url": URL, "kind": "newsletter"}, "a newsletter has no url"),
        ({"kind": "newsletter"}, "source 'A': a newsletter needs a maildir, or an [imap] table"),
        ({"kind": "youtube"}, "url is missing"),
        ({"kind": "releases", "url": "engine"}, "url must be an http or https address"),
        ({"kind": "arxiv", "categories": ["cs.LG"], "full_text": True}, "full_text does not go with"),
        ({"kind": "arxiv", "categories": ["cs.LG"], "headers_env": {"A": "B"}}, "headers_env does not go with"),
    ],
)
def test_what_cannot_be(source: dict[str, Any], complaint: str) -> None:
    """One line that names the key."""
    with pytest.raises(ConfigError) as caught:
        read(**source)

    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"password": "hunter2"}, "imap.password: passwords do not belong in this file"),
        ({"security": "none"}, 'security = "none" is for loopback only, not for imap.example.org'),
        ({"folder": None}, "imap.folder"),
        ({"folder": ""}, "imap.folder: is missing, and source 'A' is a newsletter without a maildir"),
        ({"port": 0}, "imap.port"),
    ],
)
def test_what_imap_cannot_be(change: dict[str, Any], complaint: str) -> None:
    """Secrets are named and never repeated."""
    with pytest.raises(ConfigError) as caught:
        read(IMAP | change, kind="newsletter")

    assert complaint in str(caught.value)
    assert "hunter2" not in str(caught.value)


EMAIL = {"to": ["ada@example.org"], "from": "Digest <digest@example.org>", "host": "smtp.example.org"}
ACCOUNT = {key: value for key, value in IMAP.items() if key != "folder"}


def with_marks(marks: dict[str, Any], source: dict[str, Any] | None = None, **tables: Any) -> Config:  # noqa: ANN401 - anything
    table: dict[str, Any] = {"focus": {"statement": "x"}, "sources": [{"name": "A"} | (source or {"url": URL})]}
    return parse_config(table | {"marks": marks} | tables)


@pytest.mark.parametrize(
    ("marks", "imap"), [({"maildir": "~/Mail/marks"}, None), ({"folder": "M"}, ACCOUNT), ({"folder": "M"}, IMAP)]
)
def test_marks_come_from_one_place(marks: dict[str, Any], imap: dict[str, Any] | None) -> None:
    """A maildir, or a folder of the mail account, which then needs none for newsletters."""
    config = with_marks(marks, email=EMAIL, **({"imap": imap} if imap else {}))

    assert config.marks is not None
    assert (config.marks.folder, config.marks.maildir, config.marks.to) == (
        marks.get("folder", ""), marks.get("maildir", ""), None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("marks", "tables", "complaint"),
    [
        (
            {},
            {"email": EMAIL},
            "marks: replies are read from nowhere: say folder (of the account of [imap]) or maildir",
        ),
        ({"to": "ada@example.org"}, {"email": EMAIL}, "marks: replies are read from nowhere"),
        ({"folder": "M", "maildir": "m"}, {"email": EMAIL, "imap": IMAP}, "marks: folder and maildir are two places"),
        ({"folder": "M"}, {"email": EMAIL}, "marks.folder: is one of a mail account, and there is no [imap] table"),
        ({"maildir": "m"}, {}, "marks: their links stand in the mail, and there is no [email] table"),
        ({"maildir": "m"}, {"email": EMAIL, "imap": ACCOUNT}, "imap.folder: is missing"),
        ({"maildir": "m", "to": "ada"}, {"email": EMAIL}, "marks.to: must be an address such as"),
        ({"maildr": "m"}, {"email": EMAIL}, "marks.maildr: unknown key; did you mean 'maildir'?"),
        (
            {"folder": "News & more"},
            {"email": EMAIL, "imap": IMAP, "source": {"kind": "newsletter"}},
            "source 'A': would take the replies in marks.folder for newsletters; say its sender",
        ),
    ],
)
def test_what_marks_cannot_be(marks: dict[str, Any], tables: dict[str, Any], complaint: str) -> None:
    """Half of what is needed is said to be half, in one line."""
    with pytest.raises(ConfigError) as caught:
        with_marks(marks, **tables)

    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_account_without_any_folder() -> None:
    """There would be nothing to read in it."""
    with pytest.raises(ConfigError, match=r"imap\.folder: is missing"):
        read(ACCOUNT, url=URL)


@pytest.mark.parametrize("kind", ["ical", "competition"])
def test_events_are_kinds_of_sources(kind: str) -> None:
    """What calendars are subscribed to with is an https address; articles do not come with them."""
    url = "webcal://example.org/e.ics"

    assert read(kind=kind, url=url).sources[0].url == "https://example.org/e.ics"
    with pytest.raises(ConfigError, match="full_text does not go"):
        read(kind=kind, url=url, full_text=True)
