"""Lists of names, written as lines of words so that they can be read and compared."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())
