"""The house's order: a room imports only from rooms before it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "digest"

#: Later rooms may import earlier ones; rooms in one set do not know one another.
LAYERS = (
    {"__init__"},
    {"records", "errors", "arrays", "atomic_write", "printable"},
    {"config"},
    {"sources"},
    {"fetch", "store", "judge"},
    {"compose"},
    {"render"},
    {"deliver"},
    {"editing"},
    {"workflows"},
    {"pipeline"},
    {"daemon", "demo"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
ORDER = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" if node.module == "digest" else node.module for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("digest.")}
    return found - {"__version__"}


MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rooms_before_it(path: Path) -> None:
    """No import goes upward or sideways, so there are no circles either."""
    room = room_of(path)

    wrong = {other for other in imported_rooms(path) if other != room and ORDER[other] >= ORDER[room]}

    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_store_knows_duckdb_and_only_two_rooms_open_sockets(path: Path) -> None:
    """SQL lives in `store`; the network in `fetch` and `deliver` (and the demo's own server)."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    names = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}

    assert "duckdb" not in names or room_of(path) == "store"
    assert not names & {"httpx", "httpcore", "httpx2", "httpcore2", "imapclient", "socket"} or room_of(path) == "fetch"
    assert "smtplib" not in names or room_of(path) == "deliver"


def test_files_stay_small() -> None:
    """No file grows past what can be read in one sitting."""
    long = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: lines for name, lines in long.items() if lines > 330} == {}
