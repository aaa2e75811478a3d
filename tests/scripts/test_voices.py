"""The voices of the benches: how different people say one focus."""

import pytest
from voices import VOICES, Subject, chosen, subject_of, tell

BREAD = Subject(
    name="baker/awesome-bread",
    description="Awesome papers on sourdough baking, rye flour and oven humidity.",
    keywords=("sourdough baking", "rye flour", "oven humidity"),
)
SOUP = Subject(name="cook/soup", description="Papers on cold soup.", keywords=("cold soup",))


@pytest.mark.parametrize("voice", VOICES)
def test_says_the_subject_in_words_that_depend_on_the_seed_alone(voice: str) -> None:
    for seed in range(30):
        said = tell(voice, BREAD, other=SOUP, seed=seed)
        words = " ".join([said.statement, *said.topics]).lower()
        assert any(keyword in words for keyword in BREAD.keywords), words
        assert "{" not in words
        assert said == tell(voice, BREAD, other=SOUP, seed=seed)


@pytest.mark.parametrize("voice", [name for name in VOICES if name != "plain"])
def test_says_it_in_many_ways(voice: str) -> None:
    assert len({tell(voice, BREAD, other=SOUP, seed=seed) for seed in range(40)}) > 10


@pytest.mark.parametrize("voice", [name for name, voice in VOICES.items() if voice.two])
def test_names_both_of_two_interests(voice: str) -> None:
    for seed in range(30):
        said = tell(voice, BREAD, other=SOUP, seed=seed)
        assert "cold soup" in " ".join([said.statement, *said.topics]).lower()


def test_keywords_are_the_field_without_the_talk_of_lists() -> None:
    subject = subject_of("a/b", "A curated list of awesome papers on sourdough baking, rye flour, and more.")
    assert subject.keywords == ("sourdough baking", "rye flour")
    assert subject.core == "sourdough baking, rye flour"


def test_a_section_comes_before_its_list() -> None:
    path = "Bread > 🍞 2. Oven Humidity (Steam) > 2021"
    subject = subject_of("a/b", "A list of papers on sourdough baking.", section=path)
    assert subject.section == "Oven Humidity (Steam)"
    assert subject.keywords == ("Oven Humidity", "Steam", "sourdough baking")
    assert subject.core == "Oven Humidity (Steam) in sourdough baking"
    assert subject_of("a/b#Oven Humidity", "Oven Humidity — sourdough baking").section == "Oven Humidity"


def test_a_short_title_is_not_torn_apart() -> None:
    assert subject_of("a/b", "Papers on crowd and object counting.").keywords[0] == "crowd and object counting"


def test_groups_of_voices_have_names() -> None:
    assert set(chosen("train")) | set(chosen("held-out")) == set(chosen("all")) == set(VOICES)
    assert chosen("terse, plain,terse") == ["terse", "plain"]
    with pytest.raises(ValueError, match="no voice is called 'shouting'"):
        chosen("terse,shouting")
