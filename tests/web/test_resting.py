"""Memory is given back once nobody reads any more."""

import subprocess
import sys
from pathlib import Path

from starlette.testclient import TestClient

from digest.config import Config
from digest.judge.embedding import load_model
from digest.web.resting import REST, Rest, give_memory_back
from digest.web.site import Site


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_due_once_after_the_last_request() -> None:
    """Never before the first one, nor while one is under way, nor twice for the same rest."""
    clock = Clock()
    rest = Rest(clock)
    seen = []
    for act in (None, rest.begin, rest.begin, rest.end, rest.end, None, rest.begin, rest.end, None):
        if act:
            act()
        clock.now += REST
        seen.append(rest.is_due())

    assert seen == [False, False, False, False, True, False, False, True, False]


def test_requests_in_a_row_put_it_off() -> None:
    """Somebody who reads on gets quick pages."""
    clock = Clock()
    rest = Rest(clock)
    for _ in range(5):
        rest.begin()
        clock.now += REST / 2
        rest.end()
        assert not rest.is_due()


def test_the_model_goes_and_comes_back() -> None:
    """A page that needs it again reads it again, to the same vectors."""
    before = load_model("bundled", folder=Path())
    give_memory_back(Site(config_path=Path()))
    after = load_model("bundled", folder=Path())

    assert after is not before
    assert after.name == before.name
    assert (after.encode(["dense retrieval"]) == before.encode(["dense retrieval"])).all()


def test_what_was_never_loaded_is_not_loaded_to_be_dropped() -> None:
    """Resting costs nothing where no page wanted the model."""
    code = (
        "import sys; from pathlib import Path; from digest.web import resting; from digest.web.site import Site\n"
        "before = set(sys.modules)\n"
        "resting.give_memory_back(Site(config_path=Path()))\n"
        "print([name for name in set(sys.modules) - before if name.startswith('digest')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_page_that_was_used_and_rested_answers_as_before(client: TestClient, built: Config) -> None:
    """Nothing that was given back is missed."""
    before = client.get("/issues").text
    give_memory_back(Site(config_path=built.folder / "sources.toml"))

    assert built.archive.exists()
    assert _without_nonce(client.get("/issues").text) == _without_nonce(before)


def _without_nonce(page: str) -> str:
    return " ".join(word for word in page.split() if not word.startswith("nonce="))
