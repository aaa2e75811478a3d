"""Which items a learner means by what they type."""

import pytest

from digest.errors import DigestError
from digest.store import lookup
from digest.store.archive import Connection
from tests import make
from tests.store.test_items import add


def test_a_few_letters_do(db: Connection) -> None:
    """Whatever their case, and with spaces around them."""
    made = [make.item(number) for number in range(300)]
    add(db, *(make.new_item(item) for item in made))
    first = min(item.item_id for item in made)

    assert lookup.resolve(db, first) == first
    assert lookup.resolve(db, f" {first.upper()[:9]}") == first


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "there is no item ''"), ("zz", "no item 'zz'"), ("%", "no item '%'"), ("a", "'a' could be a")],
)
def test_what_names_no_item_or_several_is_one_line(db: Connection, typed: str, said: str) -> None:
    """The several are named, so that one can be chosen."""
    made = [make.item(number) for number in range(300)]
    add(db, *(make.new_item(item) for item in made))

    with pytest.raises(DigestError, match=said):
        lookup.resolve(db, typed)


def test_an_arxiv_id_or_an_address_names_an_item(db: Connection) -> None:
    """In any of the forms that arXiv uses, and whatever tracking an address carries."""
    paper = make.item(1, arxiv_id="2401.00001", url="https://arxiv.org/abs/2401.00001")
    post = make.item(2, url="https://blog.example.org/post")
    add(db, make.new_item(paper, keys=("arxiv:2401.00001",)), make.new_item(post, keys=("url:blog.example.org/post",)))

    for typed in ("2401.00001", "arXiv:2401.00001v3", "https://arxiv.org/pdf/2401.00001"):
        assert lookup.resolve(db, typed) == paper.item_id
    with pytest.raises(DigestError, match="arXiv id"):
        lookup.resolve(db, "2401.99999")
