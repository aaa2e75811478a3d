import pytest

from digest.sources import feedparser_reader, lxml_reader
from digest.sources.document import FeedLink
from digest.sources.items import items_of
from tests.sources.make import NOW, atom, rss

NAMESPACES = (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom"'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Example</title></channel>'
    '<item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link>'
    "<dc:date>2026-03-10</dc:date><dc:creator>Ada</dc:creator></item></rdf:RDF>"
)
#: documents both readers must agree on
AGREED = {
    "rss": rss(
        "<title>One</title><link>https://example.org/1</link><guid>a1</guid><pubDate>Tue, 10 Mar 2026 12:30:00 GMT</pubDate>"
        "<description>&lt;p&gt;Short&lt;/p&gt;</description><content:encoded><![CDATA[<p>The whole text</p>]]></content:encoded>"
        "<dc:creator>Ada</dc:creator><category>ml</category><itunes:duration>62:03</itunes:duration>"
        '<enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="1"/>',
        attributes=NAMESPACES,
    ),
    "rss without link": rss("<title>One</title><guid>https://example.org/1</guid>"),
    "rss with atom elements": rss(
        '<title>One</title><atom:link href="https://example.org/1"/><atom:updated>2026-03-10T12:30:00Z</atom:updated>',
        attributes=NAMESPACES,
    ),
    "rss with naked markup": rss("<title>One</title><description>a <b>bold</b> &amp; brave<br/>text</description>"),
    "rss 1.0": RDF,
    "atom": atom(
        '<title type="html">R&amp;amp;D</title><id>tag:example.org,2026:1</id><link href="https://example.org/1"/>'
        "<published>2026-03-10T12:30:00Z</published><updated>2026-03-11T12:30:00Z</updated>"
        '<author><name>Ada</name></author><category term="ml"/><summary>Short</summary>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The <em>whole</em> text</p></div></content>'
    ),
    "atom whose authors are inherited": '<feed xmlns="http://www.w3.org/2005/Atom"><title>E</title><author><name>Ada</name>'
    "</author><entry><title>One</title><id>1</id></entry></feed>",
    "atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>E</title><entry><title>One</title>'
    '<link rel="alternate" type="text/html" href="https://example.org/1"/><id>1</id>'
    "<issued>2026-03-10T12:30:00Z</issued><modified>2026-03-11T12:30:00Z</modified></entry></feed>",
    "atom with a base": atom(
        '<title>One</title><id>urn:1</id><link href="posts/1"/>', attributes=' xml:base="https://example.org/blog/"'
    ),
    "youtube": atom(
        "<title>One</title><id>yt:1</id><media:group><media:title>One</media:title>"
        "<media:description>About it</media:description></media:group>",
        attributes=NAMESPACES,
    ),
}


@pytest.mark.parametrize("name", AGREED)
def test_reads_what_feedparser_reads(name: str) -> None:
    """The fast reader is a shortcut, never another opinion."""
    data = AGREED[name].encode()
    fast, slow = lxml_reader.read(data), feedparser_reader.read(data)

    assert fast is not None
    assert slow is not None
    assert [items_of(one, source="s", base="https://example.org/", now=NOW)[0] for one in (fast, slow)] == [
        items_of(slow, source="s", base="https://example.org/", now=NOW)[0]
    ] * 2


@pytest.mark.parametrize(
    "data",
    [
        "",
        "<rss",
        "<html/>",
        "<urlset/>",
        rss("<title>&nbsp;</title>"),
        '<!DOCTYPE rss SYSTEM "rss.dtd">' + rss("<title>One</title>"),
        atom('<title mode="base64">T25l</title>'),
        atom('<content type="application/pdf">x</content>'),
        rss("<title>One</title><item><title>Two</title></item>"),
    ],
)
def test_declines_what_is_unusual(data: str) -> None:
    """What is broken, foreign or rare is left to feedparser."""
    assert lxml_reader.read(data.encode()) is None


def test_addresses_are_resolved_against_their_own_base() -> None:
    """xml:base holds for what stands below it."""
    document = lxml_reader.read(AGREED["atom with a base"].encode())

    assert document is not None
    assert document.entries[0].links[0] == FeedLink("https://example.org/blog/posts/1")


def test_a_lone_entry_is_a_document() -> None:
    """Some servers give one entry instead of a feed."""
    document = lxml_reader.read(b'<entry xmlns="http://www.w3.org/2005/Atom"><title>One</title></entry>')

    assert document is not None
    assert [entry.title.value for entry in document.entries] == ["One"]
