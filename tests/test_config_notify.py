"""[[notify]] in sources.toml: what it takes, how it is complained of, and that no secret is ever repeated."""

from pathlib import Path

import pytest

from digest.config import Config, parse_text
from digest.errors import ConfigError
from digest.workflows.checking import obstacles
from tests import make

SECRET = "https://hooks.example.org/T0KEN"


def parsed(notify: str) -> Config:
    return parse_text(f"{make.FOCUS}\n{notify}\n{make.SOURCE}", folder=Path())


def test_the_defaults() -> None:
    """A kind and a variable are enough; it is called by its kind."""
    [entry] = parsed('[[notify]]\nkind = "slack"\nurl_env = "SLACK"').notify

    assert (entry.label, entry.what) == ("slack", ("issue",))
    assert parsed("").notify == ()


@pytest.mark.parametrize(
    ("notify", "words"),
    [
        ('[[notify]]\nkind = "slack"', "url_env is missing"),
        ('[[notify]]\nkind = "ntfy"', "url, or url_env is missing"),
        ('[[notify]]\nkind = "slak"\nurl_env = "X"', "did you mean 'slack'?"),
        ('[[notify]]\nkind = "slack"\nurl_evn = "X"', "did you mean 'url_env'?"),
        ('[[notify]]\nkind = "slack"\nurl_env = "X"\nwhat = ["isue"]', "did you mean 'issue'?"),
        ('[[notify]]\nkind = "slack"\nurl_env = "X"\nwhat = []', "what: is empty"),
        ('[[notify]]\nkind = "slack"\nurl_env = "X"\ntoken_env = "Y"', 'token_env goes with kind = "ntfy"'),
        ('[[notify]]\nkind = "ntfy"\nurl = "https://ntfy.sh"', "a server and a topic"),
        ('[[notify]]\nkind = "ntfy"\nurl = "https://ntfy.sh/x"\nurl_env = "X"', "two addresses"),
        ('[notify]\nkind = "slack"\nurl_env = "X"', "its header is [[notify]]"),
        ('[[notify]]\nkind = "slack"\nurl_env = "X"\n[[notify]]\nkind = "slack"\nurl_env = "Y"', "called 'slack'"),
        (f'[[notify]]\nkind = "slack"\nurl = "{SECRET}"', "notify[0].url: is a secret"),
        (f'[[notify]]\nkind = "slack"\nurl_env = "{SECRET}"', "not the secret itself"),
        (f'[[notify]]\nkind = "discord"\nwebhook_url = "{SECRET}"', "is a secret"),
        ('[[notify]]\nkind = "ntfy"\nurl = "https://ntfy.sh/x"\ntoken = "T0KEN"', "token_env"),
    ],
)
def test_what_is_wrong_is_said(notify: str, words: str) -> None:
    """With the key, and without the secret that somebody put there."""
    with pytest.raises(ConfigError) as caught:
        parsed(notify)

    assert words in str(caught.value)
    assert "T0KEN" not in str(caught.value)


SEVERAL = """
[[learner]]
name = "Ada"
[learner.focus]
statement = "I build retrieval systems."
{ada}
[[learner]]
name = "Bob"
[learner.focus]
statement = "I run feature stores."
{rest}
"""


def test_each_learner_has_posts_of_their_own() -> None:
    """None are shared."""
    ada = '[[learner.notify]]\nkind = "slack"\nurl_env = "X"'
    found = parse_text(SEVERAL.format(ada=ada, rest="") + make.SOURCE, folder=Path())

    assert [len(one.notify) for one in found.learners] == [1, 0]
    assert all(one.notify == () for one in found.scratch_copy(Path("x")).learners)


@pytest.mark.parametrize(
    ("ada", "rest", "words"),
    [
        ("", '[[notify]]\nkind = "slack"\nurl_env = "X"', "[[learner.notify]] below each"),
        ('[[learner.notify]]\nkind = "slack"', "", "learner 'Ada': notify[0]: url_env is missing"),
        (f'[[learner.notify]]\nkind = "slack"\nurl = "{SECRET}"', "", "learner 'Ada': notify[0].url: is a secret"),
        ('[learner.notify]\nkind = "slack"', "", "[[learner.notify]]"),
    ],
)
def test_what_is_wrong_with_a_learners_is_said_of_them(ada: str, rest: str, words: str) -> None:
    """By name."""
    with pytest.raises(ConfigError) as caught:
        parse_text(SEVERAL.format(ada=ada, rest=rest) + make.SOURCE, folder=Path())

    assert words in str(caught.value)
    assert "T0KEN" not in str(caught.value)


def test_check_says_what_the_environment_lacks() -> None:
    """A missing variable, and an address that would be read on the way; never its value."""
    config = parsed('[[notify]]\nkind = "slack"\nurl_env = "SLACK"')

    def told(environment: dict[str, str]) -> list[str]:
        return [one.text for one in obstacles(config, environment) if one.location[0] == "notify"]

    assert told({}) == ["notify 'slack': the environment variable SLACK is not set"]
    assert told({"SLACK": SECRET}) == []
    [line] = told({"SLACK": SECRET.replace("https", "http")})
    assert "must begin with https" in line
    assert "T0KEN" not in line
