"""A learner's settings on their way to another machine: what was declared comes back, whatever it was."""

import datetime as dt
import json
import tomllib
from pathlib import Path

import pytest

from digest.config import parse_config
from digest.config.carried import common_settings, own_settings, restored
from digest.errors import ConfigError
from tests.make import FOCUS, SOURCE

#: Every table, with values of every form.
ALL = """
[learner]
name = "Zoë “the second” 🦉"
timezone = "Asia/Kathmandu"
[focus]
statement = "I build\\nretrieval systems."
lean = "envelope"
topics = ["a", "b"]
avoid = ["c"]
follow = ["Omar Khattab"]
mute = ["sponsored"]
mode = "deep"
prefer = ["code", "data"]
[focus.project]
name = "Notes"
question = "How?"
until = 2026-12-31
[digest]
every = "day"
on = "fri"
at = "06:05"
keep = "12.5%"
at_most = 7
at_least = 2
minutes = 90
stretch = 0
per_source = "a third"
send_empty = false
formats = ["html"]
directory = "out"
plan = false
calendar = true
[email]
to = ["Ada <ada@example.org>"]
from = "digest@example.org"
host = "smtp.example.org"
username = "digest"
password_env = "SECRET"
[marks]
folder = "Replies"
[[notify]]
kind = "ntfy"
url = "https://ntfy.sh/topic"
what = ["issue", "recap"]
[notes]
directory = "zettel"
[embedding]
model = "models/mine"
reranker = "none"
[fetch]
contact = "mailto:ada@example.org"
every = "90m"
pause = "2.5s"
max_body = "5MB"
[imap]
host = "imap.example.org"
username = "ada"
password_env = "IMAP"
folder = "News"
[queries]
mine = "select 1"
"""


@pytest.mark.parametrize("text", [ALL, FOCUS + '[learner]\ntimezone = "UTC"\n'])
def test_every_table_comes_back(text: str) -> None:
    """As it was checked when the file was read."""
    config = parse_config(tomllib.loads(text + SOURCE), folder=Path("/home"))

    [back] = restored(
        [(config.learner_id, own_settings(config))],
        common_settings(config),
        sources=config.sources,
        folder=Path("/home"),
    )

    assert back == config


def test_defaults_are_not_written() -> None:
    """Ten thousand learners' settings are read as quickly as they are short; the machine's time zone is said by name."""
    config = parse_config(tomllib.loads(FOCUS + SOURCE))

    own = json.loads(own_settings(config))

    assert own["focus"] == {"statement": "I build retrieval systems."}
    assert set(own) == {"focus", "learner"}
    assert set(own["learner"]) == {"timezone"}
    assert common_settings(config) == "{}"


def test_no_secret_and_no_source_is_written() -> None:
    """Only the names of variables; sources go by files of their own."""
    config = parse_config(tomllib.loads(ALL + SOURCE))

    assert "blog.example.org" not in own_settings(config) + common_settings(config)
    assert dt.time.fromisoformat(json.loads(own_settings(config))["digest"]["at"]) == config.digest.at


@pytest.mark.parametrize("own", ["", "[]", '{"focus": {}}', '{"focus": {"statement": "x", "strange": 1}}'])
def test_settings_that_are_none_are_refused(own: str) -> None:
    """With the learner they are said to be of."""
    with pytest.raises(ConfigError, match="the settings of the learner 'eve' cannot be read"):
        list(restored([("eve", own)], "{}"))
