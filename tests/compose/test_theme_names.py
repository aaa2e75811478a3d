"""What themes are called."""

from digest.compose.theme_names import theme_names

REST = [(f"Notes on sparse retrieval {number}", "We look at inverted lists.") for number in range(6)]


def name_of(*titles: str, text: str = "") -> str:
    """The name of a cluster of works with these titles, beside a larger one about something else."""
    texts = [(title, text) for title in titles]
    return theme_names([*texts, *REST], [0] * len(texts) + [1] * len(REST))[0]


def test_a_part_of_a_phrase_is_read_back_into_the_phrase() -> None:
    """Not "generation RAG" across a bracket, nor half of a name."""
    names = ("Retrieval-Augmented Generation (RAG) for Law", "Faster Retrieval-Augmented Generation: a Cache")

    assert name_of(*names, "Retrieval-Augmented Generation (RAG) at Scale") == "retrieval-augmented generation"


def test_a_word_alone_takes_its_commonest_companion() -> None:
    """An adjective is no theme."""
    titles = ("Multimodal Retrieval of Slides", "Better Multimodal Retrieval", "Multimodal Agents", "Multimodal Slides")

    assert name_of(*titles) == "multimodal retrieval"


def test_acronyms_keep_their_capitals_and_titles_lose_theirs() -> None:
    """As the works write it inside a sentence."""
    assert name_of("Evicting the KV Cache", "A KV Cache for Phones", "KV Cache Budgets") == "KV cache"


def test_words_inside_a_name_may_be_small() -> None:
    """But not at its ends, where they say nothing."""
    titles = (
        "On Attribution and Fact Verification",
        "Attribution and Fact Verification",
        "The Attribution and Fact Verification of Claims",
    )

    assert name_of(*titles) == "attribution and fact verification"


def test_what_few_works_say_is_no_name() -> None:
    """Three works have to agree on a word; works without words have no name at all."""
    assert name_of("Whales", "Otters", "Herons") == ""
    assert name_of("…", "…", "…") == ""


def test_no_two_are_alike() -> None:
    """A smaller cluster with the same words takes its next best name or none."""
    same = [("Mamba Layers", "")] * 8

    names = theme_names(same, [0] * 5 + [1] * 3)

    assert names == {0: "mamba layers", 1: ""}
