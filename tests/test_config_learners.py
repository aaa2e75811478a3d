"""sources.toml with several [[learner]]s: what each gets, and what is said of a file that breaks the rules."""

import re
import tomllib
from pathlib import Path

import pytest

from digest.config import ALONE, Config, check_config, load_config, parse_config
from digest.config.learners import learner_id
from digest.errors import ConfigError
from tests.make import SOURCE

TWO = """
[digest]
keep = "5%"
at_most = 8
[email]
from = "Digest <digest@example.org>"
host = "smtp.example.org"
[marks]
maildir = "replies"

[[learner]]
name = "Ada Lovelace"
[learner.focus]
statement = "I train retrievers."
[learner.focus.project]
name = "Search my notes"
[learner.digest]
keep = "2%"
[learner.email]
to = ["ada@example.org"]

[[learner]]
name = "Zoë"
id = "zoe2"
timezone = "Asia/Tokyo"
[learner.focus]
statement = "I run pipelines."
lean = "envelope"
"""


def parsed(text: str) -> Config:
    return parse_config(tomllib.loads(text + SOURCE), folder=Path("/home/digest"))


def complaints(tmp_path: Path, text: str) -> list[str]:
    """What `digest check` says of a file with this text and one source."""
    path = tmp_path / "sources.toml"
    path.write_text(text + '\n[[sources]]\nname = "Blog"\nurl = "https://blog.example.org/feed"\n', encoding="utf-8")
    config, told = check_config(path, lambda _: [])
    assert (config is None) == bool(told)
    return told


class TestViews:
    def test_the_first_learner_is_what_a_file_says(self) -> None:
        """Its view is what most of the program works with; the others are beside it."""
        config = parsed(TWO)

        assert config.learner.name == "Ada Lovelace"
        assert [one.learner_id for one in config.learners] == ["ada-lovelace", "zoe2"]
        assert config.learners[1].learners[0].focus == config.focus

    def test_own_tables_override_the_shared_ones_key_by_key(self) -> None:
        """What a learner does not say, all say."""
        ada, zoe = parsed(TWO).learners

        assert (ada.digest.keep, ada.digest.at_most) == (0.02, 8)
        assert (zoe.digest.keep, zoe.digest.at_most) == (0.05, 8)
        assert ada.focus.project is not None
        assert ada.focus.project.name == "Search my notes"
        assert zoe.focus.project is None
        assert str(zoe.zone) == "Asia/Tokyo"

    def test_mail_goes_to_those_who_say_where(self) -> None:
        """The server is shared; without an address there is no mail, and so no links to mark by."""
        ada, zoe = parsed(TWO).learners

        assert ada.email is not None
        assert (ada.email.to, ada.email.host) == (("ada@example.org",), "smtp.example.org")
        assert ada.marks is not None
        assert (zoe.email, zoe.marks) == (None, None)

    def test_each_writes_into_a_folder_of_their_own(self) -> None:
        """Below the shared one, or below `digests`, unless they say another."""
        ada, zoe = parsed(TWO).learners
        elsewhere, below = parsed(
            TWO.replace('keep = "5%"', 'directory = "out"').replace('keep = "2%"', 'directory = "mine"')
        ).learners

        assert (ada.digest_folder, zoe.digest_folder) == (
            Path("/home/digest/digests/ada-lovelace"),
            Path("/home/digest/digests/zoe2"),
        )
        assert (elsewhere.digest_folder, below.digest_folder) == (
            Path("/home/digest/mine"),
            Path("/home/digest/out/zoe2"),
        )

    def test_one_learner_table_is_as_ever(self) -> None:
        """Their rows lie under the key that every archive has begun with."""
        config = parsed('[learner]\nname = "Ada"\n[focus]\nstatement = "I train retrievers."\n')

        assert (config.learner_id, config.learners) == (ALONE, (config,))
        assert config.chosen("") is config
        assert config.chosen("ada").learner_id == ALONE
        assert config.for_everybody is config

    def test_a_copy_is_one_for_everybody(self, tmp_path: Path) -> None:
        """A dry run or a replay leaves no learner with the real archive or mail."""
        copies = parsed(TWO).scratch_copy(tmp_path).learners

        assert {one.archive.parent for one in copies} == {tmp_path}
        assert {one.email for one in copies} == {None}
        assert len({one.digest_folder for one in copies}) == 2

    def test_a_learner_is_found_by_name_or_id(self) -> None:
        """Whatever the case of the name; a mistyped one is suggested."""
        config = parsed(TWO)

        assert config.for_learner("ada lovelace").learner_id == config.for_learner("ada-lovelace").learner_id
        with pytest.raises(ConfigError, match=r"there is no learner named 'Zoe'.*did you mean 'Zoë'"):
            config.for_learner("Zoe")
        with pytest.raises(ConfigError, match=r"whose\? say --learner NAME.*Ada Lovelace, Zoë"):
            config.chosen("")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Ada", "ada"),
        ("Ada  Lovelace", "ada-lovelace"),
        ("Zoë Ångström", "zoe-angstrom"),
        ("R2-D2!", "r2-d2"),
        ("日本", ""),
    ],
)
def test_an_id_is_made_of_the_name(name: str, made: str) -> None:
    """Small letters, digits and hyphens, so that a folder may have that name anywhere."""
    assert learner_id({"name": name}) == made


ADA = '[[learner]]\nname = "Ada"\n[learner.focus]\nstatement = "a"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[focus]\nstatement = "x"\n' + ADA, ["line 1: focus: there are several learners, so it goes into a [learner.focus] below each [[learner]]"]),
        (ADA + ADA, ["line 6: two learners have the same name 'Ada'"]),
        (ADA + ADA.replace('"Ada"', '"ADA!"'), ["line 6: learner 'Ada' and learner 'ADA!' have the same id 'ada'; give one another id"]),
        (ADA + ADA.replace('"Ada"', '"Bob"\nid = "ada"'), ["line 7: learner 'Ada' and learner 'Bob' have the same id 'ada'; give one another id"]),
        ('[[learner]]\nname = "Ada"\n', ["line 1: learner 'Ada': focus: is missing"]),
        ('[[learner]]\n[learner.focus]\nstatement = "a"\n', ["line 1: learner[0]: name: is missing"]),
        (ADA.replace('"Ada"', '"Ada"\nid = "../x"'), ["line 3: learner 'Ada': id: must be letters, digits, hyphens and underscores, at most 64, not '../x'"]),
        (ADA.replace('"Ada"', '"日本"'), ["line 2: learner '日本': no id can be made of the name; say one, such as id = \"ada\""]),
        (ADA.replace('"Ada"', '"Default"'), ["line 1: learner 'Default': 'default' is the id of the learner in a file of one; say another id"]),
        (ADA.replace("learner.focus", "learner.focsu"), ["line 3: learner 'Ada': focsu: unknown key; did you mean 'focus'?"]),
        (ADA + 'lena = "letter"\n', ["line 5: learner 'Ada': focus.lena: unknown key; did you mean 'lean'?"]),
        (ADA + "[learner.digest]\nkeep = 7\n", ["line 6: learner 'Ada': digest.keep: must be more than 0% and at most 100%, such as \"3%\", not 7"]),
        ("[digest]\nkeep = 7\n" + ADA + ADA.replace("Ada", "Bob"), ["line 2: digest.keep: must be more than 0% and at most 100%, such as \"3%\", not 7"]),
        (ADA + '[learner.email]\nto = ["a@example.org"]\nfrom = "d@example.org"\nhost = "h"\npassword = "secret"\n', ["line 9: learner 'Ada': email.password: passwords do not belong in this file; put it into an environment variable and name that in password_env = \"DIGEST_SMTP_PASSWORD\""]),
        ('[email]\nto = ["a@example.org"]\nfrom = "d@example.org"\nhost = "h"\n' + ADA, ["line 2: email.to: there are several learners, so it goes into each one's [learner.email]"]),
        ('[marks]\nmaildir = "m"\n' + ADA, ["line 1: marks: their links stand in the mail, and no learner has a [learner.email]"]),
        (ADA + '[learner.marks]\nmaildir = "m"\n', ["line 5: learner 'Ada': marks: their links stand in the mail, and there is no [email] table"]),
        (ADA + '[learner.digest]\ndirectory = "x"\n' + ADA.replace("Ada", "Bob") + '[learner.digest]\ndirectory = "x/"\n', ["line 12: learner 'Ada' and learner 'Bob' write into one directory: 'x/'"]),
        (ADA + '[learner.digest]\ndirectory = "digests"\n' + ADA.replace("Ada", "Bob"), ["line 8: learner 'Ada' and learner 'Bob' write into directories of which one holds the other: 'digests/bob'"]),
        ('[learner]\nname = "Ada"\n[learner.focus]\nstatement = "a"\n', ["focus: is missing", "line 3: learner.focus: goes below a [[learner]], of which there may be several; for one learner it is [focus]"]),
    ],
)  # fmt: skip
def test_every_complaint_has_its_line(tmp_path: Path, text: str, told: list[str]) -> None:
    """And names the learner in whose table it stands."""
    assert complaints(tmp_path, text) == told


def test_no_learner_is_none(tmp_path: Path) -> None:
    """An empty array is not the same as no [learner] table."""
    assert complaints(tmp_path, "learner = []\n") == ["line 1: learner: at least one [[learner]] entry is needed"]


def test_passwords_are_never_repeated(tmp_path: Path) -> None:
    """Wherever they stand."""
    text = ADA + '[learner.email]\npassword = "hunter2"\n'

    assert "hunter2" not in "".join(complaints(tmp_path, text))


def test_fifty_learners_are_read(tmp_path: Path) -> None:
    """The sources are shared, not copied."""
    path = tmp_path / "sources.toml"
    entries = [ADA.replace("Ada", f"Learner {number}") for number in range(50)]
    path.write_text("".join(entries) + '[[sources]]\nname = "Blog"\nurl = "https://blog.example.org/feed"\n')

    config = load_config(path)

    assert len(config.learners) == 50
    assert len({id(one.sources) for one in config.learners} | {id(config.sources)}) <= 50


def test_ten_thousand_learners_hold_their_sources_once() -> None:
    """What all share is checked and held once; their folders are compared in one pass."""
    table = tomllib.loads(SOURCE) | {
        "learner": [{"name": f"Person {n}", "focus": {"statement": "I read."}} for n in range(10_000)]
    }

    config = parse_config(table)

    assert config.learners[-1].sources is config.sources
    assert config.for_learner("Person 9999").learner_id == "person-9999"
    assert len(config.learner_names) == 10_000


@pytest.mark.parametrize(
    ("folders", "told"),
    [
        (["a", "b", "a/c"], "learner 'P0' and learner 'P2' write into directories of which one holds the other: 'a/c'"),
        (["a/b", "c", "a"], "learner 'P0' and learner 'P2' write into directories of which one holds the other: 'a'"),
        (["a/b", "."], "learner 'P0' and learner 'P1' write into directories of which one holds the other: '.'"),
        (["/x/y", "/"], "learner 'P0' and learner 'P1' write into directories of which one holds the other: '/'"),
        (["a", "ab", "a-b"], ""),
        (["../a", "a"], ""),
        (["a", "b", "c", "./b/"], "learner 'P1' and learner 'P3' write into one directory: './b/'"),
    ],
)
def test_folders_of_many_are_compared_each_with_all(folders: list[str], told: str) -> None:
    """The first whose folder is the same, holds it or lies in it is named."""
    table = tomllib.loads(SOURCE) | {
        "learner": [
            {"name": f"P{n}", "focus": {"statement": "I read."}, "digest": {"directory": folder}}
            for n, folder in enumerate(folders)
        ]
    }
    if not told:
        assert len(parse_config(table).learners) == len(folders)
        return
    with pytest.raises(ConfigError, match=re.escape(told)):
        parse_config(table)
