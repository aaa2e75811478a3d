import gzip

import pytest

from digest.errors import ParseError
from digest.sources import sniffing
from digest.sources.sniffing import kind_of_document, read_document, utf8
from tests.sources.make import answer, atom, read_one, rss

UMLAUT = rss("<title>Zürich – 日本</title>")
LATIN = '<?xml version="1.0" encoding="iso-8859-1"?>' + rss("<title>Zürich</title>")


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_unicode_is_recognised_without_declaration(self, encoding: str) -> None:
        """By its mark, or by its zeros."""
        assert read_one(UMLAUT.encode(encoding)).title == "Zürich – 日本"

    def test_the_declaration_holds_where_it_can(self) -> None:
        """Latin-1 as declared."""
        assert read_one(LATIN.encode("latin-1")).title == "Zürich"

    def test_utf8_is_utf8_whatever_it_declares(self) -> None:
        """Servers and prologs lie; bytes that decode as UTF-8 do not by chance."""
        assert read_one(LATIN.encode("utf-8")).title == "Zürich"
        assert (
            read_one(UMLAUT.replace("<rss", '<?xml version="1.0" encoding="utf-16"?><rss', 1).encode()).title
            == "Zürich – 日本"
        )

    def test_the_servers_charset_comes_first(self) -> None:
        """Where the document says nothing, or something else."""
        response = answer(rss("<title>Żółć</title>").encode("iso-8859-2"), media="text/xml; charset=ISO-8859-2")

        assert "Żółć" in utf8(response.body, response.headers).decode()

    def test_undeclared_bytes_are_windows(self) -> None:
        """The oldest habit of the web."""
        assert read_one(rss("<title>“quoted”</title>").encode("cp1252")).title == "“quoted”"

    def test_seven_bit_encodings_are_not_taken_for_ascii(self) -> None:
        """ISO-2022-JP is ASCII to the eye."""
        text = '<?xml version="1.0" encoding="iso-2022-jp"?>' + rss("<title>日本</title>")

        assert read_one(text.encode("iso-2022-jp")).title == "日本"

    @pytest.mark.parametrize("name", ["no-such-encoding", "zlib", "idna", "unicode_escape"])
    def test_nonsense_names_are_passed_over(self, name: str) -> None:
        """An unknown encoding, or one that is none, costs nothing."""
        text = f'<?xml version="1.0" encoding="{name}"?>' + rss("<title>Zürich</title>")

        assert read_one(text.encode("latin-1")).title == "Zürich"


class TestPacked:
    def test_a_gzip_file_as_body_is_unpacked(self) -> None:
        """Some servers send the file as it lies on their disk."""
        assert read_one(gzip.compress(UMLAUT.encode())).title == "Zürich – 日本"

    def test_a_bomb_ends_at_the_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Unpacking stops in bounded memory."""
        monkeypatch.setattr(sniffing, "_UNPACKED_AT_MOST", 1000)

        with pytest.raises(ParseError, match="gzip"):
            read_document(answer(gzip.compress(b"\0" * 1_000_000)))

    def test_a_damaged_file_is_named_so(self) -> None:
        """Not a traceback."""
        with pytest.raises(ParseError, match="damaged gzip"):
            read_document(answer(b"\x1f\x8b broken"))


class TestWhatItIs:
    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("", "empty"),
            (" \n ", "empty"),
            ("<!doctype html><title>Sorry</title>", "HTML page"),
            ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="x"/>', "HTML page"),
            ("<!-- x --><HTML><p>a", "HTML page"),
            ('{"items": []}', "JSON"),
            ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>', "sitemap"),
            ('<opml version="2.0"><body/></opml>', "OPML"),
            ("<note><to/></note>", "<note>"),
            ("Service unavailable", "neither XML nor JSON"),
            ("\x00\x01\x02", "neither XML nor JSON"),
        ],
    )
    def test_the_complaint_says_what_came_instead(self, body: str, words: str) -> None:
        """The learner reads it in `status`."""
        with pytest.raises(ParseError, match=words):
            read_document(answer(body))

    @pytest.mark.parametrize(
        "body", [rss(), atom(), '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>']
    )
    def test_a_feed_without_entries_is_a_feed(self, body: str) -> None:
        """Nothing new is no failure."""
        assert read_document(answer(body)).entries == ()

    def test_kinds(self) -> None:
        """Told by the first element, past declarations, comments and doctypes."""
        assert kind_of_document(b"<?xml version='1.0'?><!-- <html> --><rss/>") == "xml"
        assert kind_of_document(b"\xef\xbb\xbf{}") == "json"
        assert kind_of_document(b"words") == "unknown"


class TestHostile:
    def test_entities_are_refused_before_parsing(self) -> None:
        """Neither bombs nor local files."""
        bomb = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + rss("<title>&b;</title>")
        theft = '<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE r [ <!entity x SYSTEM "file:///etc/passwd"> ]>' + rss(
            "<title>&x;</title>"
        )

        for body in (bomb, theft):
            with pytest.raises(ParseError, match="entities"):
                read_document(answer(body))

    def test_a_plain_doctype_is_fine(self) -> None:
        """RSS 0.91 names its DTD."""
        body = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss-0.91.dtd">' + rss(
            "<title>caf&eacute;</title>"
        )

        assert read_one(body).title == "café"

    def test_a_post_about_entities_is_fine(self) -> None:
        """What stands in a text is no declaration."""
        assert read_one(rss("<title><![CDATA[<!DOCTYPE r [<!ENTITY a 'b'>]>]]></title>"))


class TestBroken:
    def test_words_before_the_xml(self) -> None:
        """Copies made by hand and chatty servers."""
        document = read_document(answer("Warning: deprecated\n" + rss("<title>One</title>")))

        assert [entry.title.value for entry in document.entries] == ["One"]
        assert "has text before the XML" in document.remarks

    def test_undeclared_prefixes(self) -> None:
        """A hand-made feed whose elements all wear an rss: that nobody declared."""
        body = "<rss rss:version=2.0><rss:channel><rss:item><rss:title>One</rss:title></rss:item></rss:channel></rss>"

        assert read_one(body).title == "One"

    def test_control_characters(self) -> None:
        """Not allowed in XML, and there all the same."""
        assert read_one(rss("<title>O\x08ne</title>")).title == "One"


class TestEntities:
    """A document may name plain texts in its own doctype; what could grow or reach out is refused."""

    @pytest.mark.parametrize(
        ("declared", "title"),
        [
            ('<!ENTITY lab "Some Lab">', "Some Lab"),
            ("<!-- ours --><!ENTITY lab 'Some &#233; &amp; Lab'>", "Some é & Lab"),
            ('<!ELEMENT rss ANY> <!ENTITY  lab  "it\'s" >', "it's"),
        ],
    )
    def test_plain_texts_are_put_in_their_places(self, declared: str, title: str) -> None:
        """Wherever they are named, and whatever else the doctype says of itself."""
        document = f'<?xml version="1.0"?><!DOCTYPE rss PUBLIC "x" "http://x.org/rss.dtd" [{declared}]>'

        assert read_one(document + rss("<title>&lab;</title>")).title == title

    @pytest.mark.parametrize(
        "declared",
        [
            '<!ENTITY lab SYSTEM "file:///etc/passwd">',
            '<!ENTITY % lab "x">',
            '<!ENTITY a "x"><!ENTITY lab "&a;&a;">',
            '<!ENTITY lab "<b>x</b>">',
            f'<!ENTITY lab "{"x" * 1001}">',
            "".join(f'<!ENTITY lab{number} "x">' for number in range(400)),
            '<!ENTITY lab "x"',
            '<!ENTITY lab "%x;">',
        ],
    )
    def test_all_else_is_refused(self, declared: str) -> None:
        """In one line."""
        with pytest.raises(ParseError, match=r"^declares XML entities, which can be an attack; it was not read$"):
            read_one(f"<!DOCTYPE rss [{declared}]>" + rss("<title>&lab;</title>"))

    def test_texts_named_too_often_are_refused(self) -> None:
        """A thousand characters ten thousand times are ten megabytes."""
        declared = f'<!ENTITY lab "{"x" * 1000}">'
        with pytest.raises(ParseError, match=r"^declares XML entities"):
            read_one(f"<!DOCTYPE rss [{declared}]>" + rss(f"<title>{'&lab;' * 10_000}</title>"))
