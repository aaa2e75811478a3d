"""sources.toml: every line of its contract, and what is said of a file that breaks it."""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Config, find_config, load_config, parse_config
from digest.errors import ConfigError
from digest.records import Source
from tests.make import FOCUS, SOURCE, config

EVERYTHING = """
[learner]
name = "Ada"
timezone = "Europe/Berlin"

[focus]
lean = "letter"
statement = "I build retrieval systems."
topics = ["learned sparse retrieval", "hard negative mining"]
avoid = ["cryptocurrency price prediction"]
follow = ["Omar Khattab"]
mute = ["sponsored"]
mode = "deep"
[focus.project]
name = "A search engine for my notes"
question = "How do I evaluate retrieval without labels?"
until = 2026-12-31

[digest]
every = "day"
on = "fri"
at = "06:30"
keep = "5%"
at_most = 8
at_least = 2
minutes = 180
stretch = 2
per_source = "50%"
formats = ["markdown"]
directory = "out"

[email]
to = ["ada@example.org"]
from = "Digest <digest@example.org>"
host = "smtp.example.org"
port = 465
security = "tls"
username = "digest@example.org"
password_env = "DIGEST_SMTP_PASSWORD"

[store]
path = "data/mine.duckdb"

[embedding]
model = "all-MiniLM-L6-v2"
second_opinion = "all-mpnet-base-v2"

[fetch]
contact = "mailto:ada@example.org"
every = "30m"
pause = "0s"
max_body = "8MB"

[[sources]]
name = "Retrieval Notes"
url = "https://notes.example.org/rss"

[[sources]]
name = "arXiv: learning"
kind = "arxiv"
categories = ["cs.LG", "stat.ML"]
query = "ti:retrieval"
base_url = "http://127.0.0.1:8000"
"""


def complaint(toml: str, *, focus: str = FOCUS, sources: str = SOURCE) -> str:
    with pytest.raises(ConfigError) as caught:
        config(toml, focus=focus, sources=sources)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix("sources.toml: ")


def email(lines: str) -> str:
    return f'[email]\nto = ["ada@example.org"]\nfrom = "digest@example.org"\nhost = "smtp.example.org"\n{lines}\n'


class TestEverythingSaid:
    """Each key of the contract arrives as it was written."""

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("learner.name", "Ada"),
            ("learner.timezone", ZoneInfo("Europe/Berlin")),
            ("zone", ZoneInfo("Europe/Berlin")),
            ("focus.lean", 0.15),
            ("focus.statement", "I build retrieval systems."),
            ("focus.topics", ("learned sparse retrieval", "hard negative mining")),
            ("focus.avoid", ("cryptocurrency price prediction",)),
            ("focus.follow", ("Omar Khattab",)),
            ("focus.mute", ("sponsored",)),
            ("focus.mode", "deep"),
            ("focus.project.name", "A search engine for my notes"),
            ("focus.project.question", "How do I evaluate retrieval without labels?"),
            ("focus.project.until", dt.date(2026, 12, 31)),
            ("digest.every", "day"),
            ("digest.on", "fri"),
            ("digest.at", dt.time(6, 30)),
            ("digest.keep", 0.05),
            ("digest.at_most", 8),
            ("digest.at_least", 2),
            ("digest.minutes", 180),
            ("digest.stretch", 2),
            ("digest.per_source", 0.5),
            ("digest.formats", ("markdown",)),
            ("digest.directory", "out"),
            ("email.to", ("ada@example.org",)),
            ("email.sender", "Digest <digest@example.org>"),
            ("email.host", "smtp.example.org"),
            ("email.port", 465),
            ("email.security", "tls"),
            ("email.username", "digest@example.org"),
            ("email.password_env", "DIGEST_SMTP_PASSWORD"),
            ("store.path", "data/mine.duckdb"),
            ("embedding.model", "all-MiniLM-L6-v2"),
            ("embedding.second_opinion", "all-mpnet-base-v2"),
            ("fetch.contact", "mailto:ada@example.org"),
            ("fetch.every", dt.timedelta(minutes=30)),
            ("fetch.pause", dt.timedelta(0)),
            ("fetch.max_body", 8_000_000),
        ],
    )
    def test_the_value_is_taken(self, path: str, expected: object) -> None:
        """What the file says is what the program works with."""
        assert reach(parse_config(tomllib.loads(EVERYTHING)), path) == expected

    def test_sources_become_records(self) -> None:
        """Sources keep their order, and a kind that is not given is left to be found out."""
        assert parse_config(tomllib.loads(EVERYTHING)).sources == (
            Source(name="Retrieval Notes", url="https://notes.example.org/rss"),
            Source(
                name="arXiv: learning",
                kind="arxiv",
                categories=("cs.LG", "stat.ML"),
                query="ti:retrieval",
                base_url="http://127.0.0.1:8000",
            ),
        )


class TestDefaults:
    """A focus statement and one source are enough."""

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("learner.name", ""),
            ("learner.timezone", None),
            ("focus.lean", 0.5),
            ("focus.topics", ()),
            ("focus.avoid", ()),
            ("focus.follow", ()),
            ("focus.mute", ()),
            ("focus.project", None),
            ("digest.every", "week"),
            ("digest.on", "mon"),
            ("digest.at", dt.time(7, 0)),
            ("digest.keep", 0.03),
            ("digest.at_most", 12),
            ("digest.at_least", 0),
            ("digest.minutes", None),
            ("digest.stretch", 1),
            ("digest.per_source", 1 / 3),
            ("digest.formats", ("markdown", "html")),
            ("digest.directory", "digests"),
            ("email", None),
            ("store.path", "digest.duckdb"),
            ("embedding.model", "bundled"),
            ("embedding.second_opinion", ""),
            ("fetch.contact", ""),
            ("fetch.every", dt.timedelta(hours=1)),
            ("fetch.pause", dt.timedelta(seconds=1)),
            ("fetch.max_body", 32_000_000),
        ],
    )
    def test_what_is_not_said_has_the_value_of_the_contract(self, path: str, expected: object) -> None:
        """The values in the contract's example are the defaults."""
        assert reach(config(), path) == expected

    def test_mail_goes_by_starttls_on_587(self) -> None:
        """Mail that says only where to is encrypted."""
        found = config(email("")).email

        assert found is not None
        assert (found.port, found.security) == (587, "starttls")

    def test_the_time_zone_is_the_machines(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a time zone the machine's own is taken."""
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        monkeypatch.setattr("tzlocal.unix._cache_tz", None)

        assert str(config().zone) == "Asia/Tokyo"

    def test_a_machine_whose_zone_has_no_name_asks_for_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A time zone that cannot be named is said to be the trouble, in one line."""
        monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        monkeypatch.setattr("tzlocal.unix._cache_tz", None)

        with pytest.raises(
            ConfigError, match=r"^this machine's time zone has no name; say timezone = .* in \[learner\]$"
        ):
            _ = config().zone

    def test_relative_paths_start_at_the_file(self, tmp_path: Path) -> None:
        """Relative paths are relative to the file, absolute and home ones are not."""
        given = config('[store]\npath = "data/a.duckdb"\n[digest]\ndirectory = "out"', folder=tmp_path)
        absolute = config('[store]\npath = "/var/a.duckdb"\n[digest]\ndirectory = "~/out"', folder=tmp_path)

        assert (given.archive, given.digest_folder) == (tmp_path / "data/a.duckdb", tmp_path / "out")
        assert (absolute.archive, absolute.digest_folder) == (Path("/var/a.duckdb"), Path("~/out").expanduser())


class TestForms:
    """The ways in which a value may be written."""

    @pytest.mark.parametrize(
        ("written", "expected"),
        [('"letter"', 0.15), ('"envelope"', 0.85), ('"balanced"', 0.5), ("0", 0.0), ("1", 1.0), ("0.3", 0.3)],
    )
    def test_lean(self, written: str, expected: float) -> None:
        """A side's name, or the envelope's share."""
        assert config(focus=f"{FOCUS}lean = {written}").focus.lean == expected

    @pytest.mark.parametrize(
        ("written", "expected"), [('"3%"', 0.03), ('"0.5%"', 0.005), ('" 100 % "', 1.0), ("0.03", 0.03), ("1", 1.0)]
    )
    def test_fraction(self, written: str, expected: float) -> None:
        """A percentage, or a plain fraction."""
        assert config(f"[digest]\nkeep = {written}").digest.keep == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("written", "expected"),
        [('"a third"', 1 / 3), ('"all"', 1.0), ('"50%"', 0.5), ("0.5", 0.5), ("1.0", 1.0), ("1", 1.0), ('"1%"', 0.01)],
    )
    def test_share_of_a_source(self, written: str, expected: float) -> None:
        """In words, as a percentage, or as a plain fraction."""
        assert config(f"[digest]\nper_source = {written}").digest.per_source == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("written", "seconds"), [("90s", 90), ("30m", 1800), ("1.5h", 5400), ("1d", 86400), ("120 s", 120)]
    )
    def test_duration(self, written: str, seconds: int) -> None:
        """A number and s, m, h or d."""
        assert config(f'[fetch]\nevery = "{written}"').fetch.every == dt.timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        ("written", "size"), [("1B", 1), ("500KB", 500_000), ("1.5 MB", 1_500_000), ("2GB", 2_000_000_000)]
    )
    def test_size(self, written: str, size: int) -> None:
        """A number and B, KB, MB or GB, in steps of a thousand."""
        assert config(f'[fetch]\nmax_body = "{written}"').fetch.max_body == size

    @pytest.mark.parametrize(
        ("written", "expected"),
        [('"7:05"', dt.time(7, 5)), ('"23:59"', dt.time(23, 59)), ("07:30:00", dt.time(7, 30))],
    )
    def test_clock(self, written: str, expected: dt.time) -> None:
        """Hours and minutes, or TOML's own time of day."""
        assert config(f"[digest]\nat = {written}").digest.at == expected

    @pytest.mark.parametrize("day", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    def test_days_have_names(self, day: str) -> None:
        """Every day of the week by its short name."""
        assert config(f'[digest]\non = "{day}"').digest.on == day

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
    def test_plain_mail_to_this_machine(self, host: str) -> None:
        """Mail to the loopback interface may go unencrypted."""
        text = email('security = "none"').replace("smtp.example.org", host)

        assert config(text).email is not None


class TestComplaints:
    """A bad value gets one line that names its key and says what would do."""

    @pytest.mark.parametrize(
        ("toml", "expected"),
        [
            (
                '[digest]\nkeep = "300%"',
                "digest.keep: must be more than 0% and at most 100%, such as \"3%\", not '300%'",
            ),
            ("[digest]\nkeep = 3", 'digest.keep: must be more than 0% and at most 100%, such as "3%", not 3'),
            ('[digest]\nkeep = "0%"', "digest.keep: must be more than 0%"),
            ('[digest]\nkeep = "three"', "digest.keep: must be a percentage such as \"3%\", not 'three'"),
            ("[digest]\nkeep = true", 'digest.keep: must be more than 0% and at most 100%, such as "3%", not true'),
            ("[digest]\nkeep = nan", "digest.keep: must be more than 0%"),
            ("[digest]\nat_most = true", "digest.at_most: must be a whole number, not true"),
            ("[digest]\nat_least = false", "digest.at_least: must be a whole number, not false"),
            ("[digest]\nminutes = true", "digest.minutes: must be a whole number, not true"),
            ("[digest]\nstretch = true", "digest.stretch: must be a whole number, not true"),
            ('[digest]\nat_most = "12"', "digest.at_most: must be a whole number, not '12'"),
            ("[digest]\nat_most = 12.0", "digest.at_most: must be a whole number, not 12.0"),
            ("[digest]\nat_most = 0", "digest.at_most: must be greater than or equal to 1, not 0"),
            ("[digest]\nat_least = -1", "digest.at_least: must be greater than or equal to 0, not -1"),
            ("[digest]\nat_least = 13", "digest: at_least = 13 is more than at_most = 12"),
            (
                '[digest]\nper_source = "a fifth"',
                'digest.per_source: must be "a third", "all" or a share such as "50%", not \'a fifth\'',
            ),
            ("[digest]\nper_source = 0", 'digest.per_source: must be "a third", "all" or a share such as "50%", not 0'),
            ('[digest]\nper_source = "120%"', "digest.per_source: must be"),
            ("[digest]\nper_source = true", "digest.per_source: must be"),
            ("[digest]\nper_source = [0.5]", "digest.per_source: must be"),
            ('[digest]\non = "monday"', "digest.on: must be 'mon', 'tue'"),
            ("[digest]\non = 1", "digest.on: must be 'mon', 'tue'"),
            ('[digest]\nevery = "month"', "digest.every: must be 'week' or 'day', not 'month'"),
            ('[digest]\nat = "24:00"', "digest.at: must be a time of day such as \"07:00\", not '24:00'"),
            ("[digest]\nat = 700", 'digest.at: must be a time of day such as "07:00", not 700'),
            ('[digest]\nformats = ["pdf"]', "digest.formats[0]: must be 'markdown' or 'html', not 'pdf'"),
            ('[digest]\nformats = "html"', "digest.formats: must be an array"),
            ('[learner]\ntimezone = "Europe/Berln"', "learner.timezone: is no known time zone: 'Europe/Berln'"),
            ('[learner]\ntimezone = ""', "learner.timezone: is no known time zone"),
            ('[learner]\ntimezone = "../../etc/passwd"', "learner.timezone: is no known time zone"),
            ('[learner]\nname = "A\\nB"', "learner.name: must be one line"),
            ('[fetch]\nevery = "59s"', 'fetch.every: must be between "1m" and "24h"'),
            ('[fetch]\nevery = "25h"', 'fetch.every: must be between "1m" and "24h"'),
            ("[fetch]\nevery = 3600", 'fetch.every: must be a duration such as "1s", "30m" or "1h", not 3600'),
            ('[fetch]\npause = "-1s"', "fetch.pause: must be a duration"),
            ('[fetch]\npause = "99999999999d"', "fetch.pause: is longer than anybody waits"),
            ('[fetch]\nmax_body = "32"', "fetch.max_body: must be a size such as \"32MB\", not '32'"),
            ('[fetch]\nmax_body = "0MB"', "fetch.max_body: must be a size"),
            ('[fetch]\nmax_body = "0.5B"', "fetch.max_body: must be a size"),
            (f'[fetch]\nmax_body = "{"9" * 400}GB"', "fetch.max_body: must be a size"),
            (email('security = "none"'), 'email: security = "none" is for loopback only, not for smtp.example.org'),
            (email("port = 0"), "email.port: must be greater than or equal to 1, not 0"),
            (email("port = true"), "email.port: must be a whole number, not true"),
            (email('username = "a\\r\\nBcc: b"'), "email.username: must be one line"),
            ('[email]\nto = []\nfrom = "a"\nhost = "b"', "email.to: is empty"),
            ('[email]\nfrom = "a"\nhost = "b"', "email.to: is missing"),
        ],
    )
    def test_a_bad_value_is_named_with_what_would_do(self, toml: str, expected: str) -> None:
        """The line starts with the path of the key and shows what was found there."""
        assert complaint(toml).startswith(expected)

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ('lean = "left"', 'focus.lean: must be "letter", "envelope", "balanced"'),
            ("lean = 1.5", "focus.lean: must be"),
            ("lean = true", "focus.lean: must be"),
            ("lean = nan", "focus.lean: must be"),
            ('mode = "narrow"', "focus.mode: must be 'wide' or 'deep', not 'narrow'"),
            ('topics = "one"', 'focus.topics: must be an array such as ["one", "two"], not \'one\''),
            ("topics = [1]", "focus.topics[0]: must be a valid string, not 1"),
            ('project = { name = "N", until = 20261231 }', "focus.project.until: must be a date such as 2026-12-31"),
            ('project = { name = "N", until = true }', "focus.project.until: must be a date such as 2026-12-31"),
            ('project = { question = "Q" }', "focus.project.name: is missing"),
        ],
    )
    def test_a_bad_focus_is_named(self, line: str, expected: str) -> None:
        """The focus is checked like everything else."""
        assert complaint("", focus=FOCUS + line).startswith(expected)

    def test_the_focus_must_say_something(self) -> None:
        """Without a statement there is nothing to rank by."""
        assert complaint("", focus="") == "focus: is missing"
        assert complaint("", focus="[focus]") == "focus.statement: is missing"
        assert complaint("", focus='[focus]\nstatement = " "').startswith(
            "focus.statement: is empty: say in a sentence"
        )

    @pytest.mark.parametrize(
        ("sources", "expected"),
        [
            ("", "sources: is missing"),
            ('[[sources]]\nname = "A"', "source 'A': url is missing"),
            ('[[sources]]\nurl = "https://a.org"', "sources[0].name: is missing"),
            ('[[sources]]\nname = " "\nurl = "https://a.org"', "sources[0]: name is empty"),
            ('[[sources]]\nname = "A"\nurl = "ftp://a.org"', "source 'A': url must be an http or https address"),
            ('[[sources]]\nname = "A"\nurl = "a.org/feed"', "source 'A': url must be an http or https address"),
            ('[[sources]]\nname = "A"\nurl = "https://[::1"', "source 'A': url must be an http or https address"),
            ('[[sources]]\nname = "A"\nurl = "https://a.org:0/"', "source 'A': url must be an http or https address"),
            ('[[sources]]\nname = "A"\nurl = "https://a\\n.org"', "source 'A': url: must be one line"),
            ('[[sources]]\nname = "A"\nkind = "rss"\nurl = "https://a.org"', "source 'A': kind: must be 'feed'"),
            ('[[sources]]\nname = "A"\nkind = "arxiv"', "source 'A': an arxiv source needs categories"),
            (
                '[[sources]]\nname = "A"\nkind = "arxiv"\ncategories = ["cs.LG; drop"]',
                "source 'A': categories: 'cs.LG; drop' is no arXiv category",
            ),
            (
                '[[sources]]\nname = "A"\ncategories = ["cs.LG"]',
                "source 'A': categories, query and base_url go with kind",
            ),
        ],
    )
    def test_a_bad_source_is_named(self, sources: str, expected: str) -> None:
        """By its name; one without a name by its place, counted from 0, as TOML tools do."""
        assert complaint("", sources=sources).startswith(expected)

    def test_two_sources_of_one_name(self) -> None:
        """A name is what a source is called by, so it is given once."""
        twice = SOURCE + SOURCE.replace("/feed", "/other")

        assert complaint("", sources=twice) == "two sources have the same name 'Blog'"

    def test_two_sources_of_one_address(self) -> None:
        """Nobody is asked twice for the same thing; both names are told."""
        twice = SOURCE + SOURCE.replace('"Blog"', '"Other"').replace("/feed", "/feed/")

        message = complaint("", sources=twice)

        assert message == "two sources have the same url 'https://blog.example.org/feed' (Blog and Other)"


class TestUnknownKeys:
    """A key that is not in the contract is an error, with the nearest one that is."""

    @pytest.mark.parametrize(
        ("toml", "expected"),
        [
            ("[digst]\nkeep = 1", "digst: unknown key; did you mean 'digest'?"),
            ("[digest]\nkep = 1", "digest.kep: unknown key; did you mean 'keep'?"),
            ("[learner]\nzzz = 1", "learner.zzz: unknown key; known here: name, timezone"),
            ("[email]\nform = 'a'", "email.form: unknown key; did you mean 'from'?"),
            (email("sender = 'a'"), "email.sender: unknown key"),
        ],
    )
    def test_it_is_refused_with_a_suggestion(self, toml: str, expected: str) -> None:
        """Also where a required key is missing because it was misspelt; Python's own names are no keys."""
        assert complaint(toml).startswith(expected)

    def test_a_misspelt_required_key_gets_the_suggestion_not_only_that_it_is_missing(self) -> None:
        """`statment` says more than that `statement` is missing."""
        message = complaint("", focus='[focus]\nstatment = "x"')

        assert message == "focus.statment: unknown key; did you mean 'statement'?"

    def test_within_a_source(self) -> None:
        """The path leads to the very source."""
        message = complaint("", sources=SOURCE + '[[sources]]\nname = "B"\nulr = "https://b.org"')

        assert message == "source 'B': ulr: unknown key; did you mean 'url'?"

    def test_within_the_project(self) -> None:
        """Nested tables have suggestions of their own."""
        message = complaint("", focus=f'{FOCUS}project = {{ name = "N", untill = 2026-01-01 }}')

        assert message == "focus.project.untill: unknown key; did you mean 'until'?"


class TestSecrets:
    """A secret comes from an environment variable; one in the file is refused and never repeated."""

    @pytest.mark.parametrize("key", ["password", "pass", "passwd", "secret"])
    def test_a_password_in_the_file(self, key: str) -> None:
        """The line says what to do instead."""
        message = complaint(email(f'{key} = "hunter2"'))

        assert message.startswith(f"email.{key}: passwords do not belong in this file; put it into an environment")
        assert "hunter2" not in message

    @pytest.mark.parametrize(
        "toml",
        [
            email('password_env = "hunter2!"'),
            email("password_env = 12345"),
            email('smtp_password = "hunter2"'),
            "[[email]]\nto = ['a']\npassword = 'hunter2'",
            "[learner]\npassword = 'hunter2'",
            "[store]\npath = { password = 'hunter2' }",
            "[fetch]\nevery = { token = 'hunter2' }",
        ],
    )
    def test_no_message_repeats_one(self, toml: str) -> None:
        """Wherever it was put, and whatever else is wrong."""
        message = complaint(toml)

        assert "hunter2" not in message
        assert "12345" not in message

    @pytest.mark.parametrize("scheme", ["https", "ftp"])
    def test_a_password_in_an_address(self, scheme: str) -> None:
        """User names and passwords in an address are secrets in the file too."""
        message = complaint("", sources=f'[[sources]]\nname = "A"\nurl = "{scheme}://me:hunter2@a.org/feed"')

        assert message.startswith("source 'A': url: a user name or password stands in the address")
        assert "hunter2" not in message

    @pytest.mark.parametrize("url", ["https://medium.com/feed/@ada", "https://a.org?to=ada@b.org"])
    def test_an_at_sign_elsewhere_is_no_password(self, url: str) -> None:
        """Paths and queries may hold an @."""
        assert config(sources=f'[[sources]]\nname = "A"\nurl = "{url}"').sources[0].url == url


class TestFile:
    """Reading the file itself."""

    def test_a_good_file(self, tmp_path: Path) -> None:
        """Its folder is where relative paths start; a byte order mark is no matter."""
        path = tmp_path / "sources.toml"
        path.write_text(EVERYTHING, encoding="utf-8-sig")

        assert load_config(path) == parse_config(tomllib.loads(EVERYTHING), folder=tmp_path)

    def test_a_missing_file(self, tmp_path: Path) -> None:
        """The line says how to come by one."""
        path = tmp_path / "sources.toml"

        with pytest.raises(ConfigError) as caught:
            load_config(path)

        assert str(caught.value) == f"{path}: there is no such file; `digest init` writes a starter"

    def test_broken_toml_has_a_position(self, tmp_path: Path) -> None:
        """Line and column, as the TOML reader tells them."""
        path = tmp_path / "sources.toml"
        path.write_text("[focus]\nstatement = \n")

        with pytest.raises(ConfigError) as caught:
            load_config(path)

        assert re.fullmatch(rf"{path}: is not valid TOML: .* \(at line 2, column \d+\)", str(caught.value))

    def test_bytes_that_are_no_text(self, tmp_path: Path) -> None:
        """TOML is UTF-8."""
        path = tmp_path / "sources.toml"
        path.write_bytes(b"[focus]\nstatement = '\xff'\n")

        with pytest.raises(ConfigError, match=r"sources\.toml: cannot be read: "):
            load_config(path)

    def test_a_folder_in_its_place(self, tmp_path: Path) -> None:
        """What is no file cannot be read."""
        with pytest.raises(ConfigError, match="cannot be read"):
            load_config(tmp_path)

    def test_a_complaint_names_the_file(self, tmp_path: Path) -> None:
        """With several files about, it matters which."""
        path = tmp_path / "mine.toml"
        path.write_text(EVERYTHING.replace('"5%"', '"300%"'))

        with pytest.raises(ConfigError, match=re.escape(f"{path}: line 23: digest.keep: ")):
            load_config(path)


class TestFindConfig:
    """--config, DIGEST_CONFIG, ./sources.toml, then ~/.config/digest/sources.toml."""

    @pytest.fixture
    def here(self, tmp_path: Path) -> Path:
        (tmp_path / "here").mkdir()
        return tmp_path / "here"

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        (tmp_path / "home" / ".config" / "digest").mkdir(parents=True)
        return tmp_path / "home"

    def test_the_option_comes_first(self, here: Path, home: Path) -> None:
        """What was said on the command line is taken, there or not."""
        (here / "sources.toml").touch()

        assert find_config(Path("x.toml"), {"DIGEST_CONFIG": "y.toml"}, home=home, here=here) == Path("x.toml")

    def test_then_the_environment(self, here: Path, home: Path) -> None:
        """DIGEST_CONFIG outranks the files."""
        (here / "sources.toml").touch()

        assert find_config(None, {"DIGEST_CONFIG": "/y.toml"}, home=home, here=here) == Path("/y.toml")

    def test_then_this_folder(self, here: Path, home: Path) -> None:
        """An empty variable says nothing."""
        (here / "sources.toml").touch()
        (home / ".config/digest/sources.toml").touch()

        assert find_config(None, {"DIGEST_CONFIG": ""}, home=home, here=here) == here / "sources.toml"

    def test_then_the_users_own(self, here: Path, home: Path) -> None:
        """Only where there is one."""
        own = home / ".config/digest/sources.toml"
        own.touch()

        assert find_config(None, {}, home=home, here=here) == own

    def test_where_there_is_none_this_folder_is_named(self, here: Path, home: Path) -> None:
        """So that the complaint speaks of the place where one would be looked for first."""
        assert find_config(None, {}, home=home, here=here) == here / "sources.toml"


toml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.times() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
TABLES = ("learner", "focus", "digest", "email", "store", "embedding", "fetch", "imap", "marks", "sources")
KEYS = ("statement", "lean", "keep", "at", "on", "every", "pause", "max_body", "timezone", "to", "port", "url", "name")


def test_a_key_of_odd_characters_stays_on_one_line() -> None:
    """TOML allows any text as a quoted key; a line break in one does not break the complaint."""
    with pytest.raises(ConfigError, match=r"learner\.'\\n': unknown key"):
        parse_config(tomllib.loads(FOCUS + SOURCE) | {"learner": {"\n": None}})


@given(
    table=st.sampled_from(TABLES),
    value=toml_values | st.dictionaries(st.sampled_from(KEYS), toml_values, max_size=4),
)
def test_whatever_the_file_holds_the_complaint_is_one_line(table: str, value: Any) -> None:  # noqa: ANN401 - anything
    """No value makes the check fail in another way than with a ConfigError of one line."""
    good = tomllib.loads(FOCUS + SOURCE)

    message = ""
    try:
        parse_config(good | {table: value})
    except ConfigError as error:
        message = str(error)

    assert "\n" not in message


def reach(found: Config, path: str) -> object:
    value: object = found
    for name in path.split("."):
        value = getattr(value, name)
    return value
