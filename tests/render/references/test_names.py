"""Authors' names, as feeds give them."""

import pytest

from digest.render.references.names import Name, read_name, read_names


@pytest.mark.parametrize(
    ("text", "family", "given", "suffix"),
    [
        ("Ada Lovelace", "Lovelace", "Ada", ""),
        ("Lovelace, Ada", "Lovelace", "Ada", ""),
        ("Joost van de Weijer", "van de Weijer", "Joost", ""),
        ("Weijer, Joost van de", "van de Weijer", "Joost", ""),
        ("van der Berg, Jan", "van der Berg", "Jan", ""),
        ("Fernando De la Torre", "De la Torre", "Fernando", ""),
        ("Luc Van Gool", "Van Gool", "Luc", ""),
        ("Tuan Van Le", "Le", "Tuan Van", ""),
        ("Bo Du", "Du", "Bo", ""),
        ("Yi Ai", "Ai", "Yi", ""),
        ("Maria da Silva e Souza", "da Silva e Souza", "Maria", ""),
        ("Santiago Ramón y Cajal", "Ramón y Cajal", "Santiago", ""),
        ("Jean d'Alembert", "d'Alembert", "Jean", ""),
        ("Amado B. Martinez Jr", "Martinez", "Amado B.", "Jr"),
        ("Martin Luther King, Jr.", "King", "Martin Luther", "Jr."),
        ("King, Jr., Martin Luther", "King", "Martin Luther", "Jr."),
        ("King, Martin Luther, Jr.", "King", "Martin Luther", "Jr."),
        ("John Smith III", "Smith", "John", "III"),
        ('Hai "Helen" Li', "Li", 'Hai "Helen"', ""),
        ("John Doe (Google)", "Doe", "John", ""),
        ("山田 太郎", "山田", "太郎", ""),
        ("Иван Иванов", "Иванов", "Иван", ""),
        ("Paul Erd\\H{o}s", "Erdős", "Paul", ""),
        ("Ada\nLove\x00Lace", "Lace", "Ada Love", ""),
    ],
)
def test_people(text: str, family: str, given: str, suffix: str) -> None:
    """Particles and suffixes are known, whichever name comes first."""
    assert read_name(text) == Name(family=family, given=given, suffix=suffix)


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI",
        "Gemma Team",
        "KT Tech innovation Group",
        "U.S. Geological Survey",
        "The New York Times",
        "Google AI",
        "DER SPIEGEL",
        "Art of the Problem",
        "A correspondent in Tehran",
        "Big & Bad",
        "bell hooks",
        "3Blue1Brown",
        "王小云",
        "김철수",
        "Collective Action in Tech, DAIR Institute and Data & Society",
        "u/llogiq",
    ],
)
def test_groups_and_what_cannot_be_taken_apart(text: str) -> None:
    """They stay whole, however many words, commas and ands they have."""
    assert read_names([text]) == (Name(literal=text),)


@pytest.mark.parametrize("text", ["", " ", ",,,", "\n{}", "ada@example.org", "\ud800", "()"])
def test_what_is_no_name(text: str) -> None:
    """Nothing that can be printed, or a mail address, which is nobody's name."""
    assert read_names([text]) == ()


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("Gaby Acevedo and Jessica Cunnington", ["Acevedo, Gaby", "Cunnington, Jessica"]),
        ("Adam Taylor, Cate Cadell", ["Taylor, Adam", "Cadell, Cate"]),
        ("Ada Byron, Charles Babbage & Mary Somerville", ["Byron, Ada", "Babbage, Charles", "Somerville, Mary"]),
        ("Byron, Ada; Babbage, Charles", ["Byron, Ada", "Babbage, Charles"]),
        ("LAPALU, N., SIMON, A., Dallery, J.-F.", ["LAPALU, N.", "SIMON, A.", "Dallery, J.-F."]),
        ("de la Cruz, Maria Elena", ["de la Cruz, Maria Elena"]),
        ("Martin Luther King, Jr.", ["King, Martin Luther, Jr."]),
        ("A and B", ["A and B"]),
        ("/u/llogiq", ["u/llogiq"]),
    ],
)
def test_several_people_in_one_entry(entry: str, names: list[str]) -> None:
    """Parted where each reads as a person."""
    assert [name.sorted_form for name in read_names([entry])] == names


def test_an_author_is_named_once() -> None:
    """Feeds that say the same in two elements do not make two authors."""
    assert read_names(["Ada Byron", "Byron, Ada", "Ada Byron"]) == (Name(family="Byron", given="Ada"),)


def test_endless_names_are_cut() -> None:
    """No author fills a bibliography."""
    [name] = read_names(["x" * 1_000_000])

    assert len(name.plain) <= 300
    assert len(read_names(f"Ada {number}" for number in range(10_000))) == 5_000
