import gzip

import pytest

from digest.records import Hints
from digest.sources.polling_hints import hints
from tests.sources.make import rss

SY = ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("", Hints()),
        ("<ttl>90</ttl>", Hints(ttl=5400)),
        ("<ttl> soon </ttl>", Hints()),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", Hints(ttl=21600)),
        ("<sy:updatePeriod>\n hourly </sy:updatePeriod>", Hints(ttl=3600)),
        ("<sy:updateFrequency>2</sy:updateFrequency>", Hints(ttl=43200)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", Hints(ttl=3600)),
        (
            "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>99</hour></skipHours>",
            Hints(skip_hours=frozenset({0, 23})),
        ),
        (
            "<skipDays><day>Saturday</day><day>sunday</day><day>Caturday</day></skipDays>",
            Hints(skip_days=frozenset({5, 6})),
        ),
        ("<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>", Hints()),
    ],
)
def test_what_a_channel_says(channel: str, expected: Hints) -> None:
    """All of a list counts, nonsense does not, and nobody may forbid every hour."""
    assert hints(rss("<title>One</title>", channel=channel, attributes=SY).encode()) == expected


def test_what_stands_in_an_entry_is_not_the_channels() -> None:
    """Only the head is read."""
    assert hints(rss("<description><![CDATA[<ttl>90</ttl>]]></description>").encode()) == Hints()


def test_any_body_has_hints() -> None:
    """Packed, broken and empty ones too."""
    assert hints(gzip.compress(rss(channel="<ttl>90</ttl>").encode())) == Hints(ttl=5400)
    assert hints(b"\x1f\x8b broken") == Hints()
    assert hints(b"") == Hints()
