"""The order of the packages: each imports only from those before it."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "digest"

#: Later packages may import earlier ones; those in one set do not know one another.
LAYERS = (
    {"__init__"},
    {"records", "errors", "arrays", "atomic_write", "printable"},
    {"config"},
    {"sources"},
    {"fetch", "store", "judge"},
    {"compose"},
    {"render"},
    {"deliver"},
    {"editing", "notes"},
    {"workflows"},
    {"pipeline"},
    {"cluster", "daemon", "demo", "mcp", "web"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
ORDER = {package: number for number, packages in enumerate(LAYERS) for package in packages}


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_packages(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" if node.module == "digest" else node.module for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("digest.")}
    return found - {"__version__"}


#: An opening of the archive that sources.toml names.
OPENING = re.compile(r"open_archive\(\s*[\w.]*config\.archive")
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_package_imports_only_from_those_before_it(path: Path) -> None:
    """No import goes upward or sideways, so there are no circles either."""
    package = package_of(path)

    wrong = {other for other in imported_packages(path) if other != package and ORDER[other] >= ORDER[package]}

    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_store_knows_duckdb_and_only_two_packages_open_sockets(path: Path) -> None:
    """SQL lives in `store`; the network in `fetch` and `deliver`; `web` and the demo only listen, `cluster` knocks."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    names = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}

    assert "duckdb" not in names or package_of(path) == "store"
    assert not names & {"httpx", "httpcore", "httpcore2", "imapclient"} or package_of(path) == "fetch"
    assert "httpx2" not in names or package_of(path) in ("fetch", "deliver")
    assert "socket" not in names or package_of(path) in ("fetch", "web", "cluster")
    assert "smtplib" not in names or package_of(path) == "deliver"


#: A statement in a string, or the beginning of one that an f-string goes on with.
SQL = re.compile(
    r"\bselect\b.+\bfrom\b|^\s*select\s|^\s*with\s+\w+\s+as\s*\(|\binsert\s+into\b|\bdelete\s+from\b|\bupdate\s+\S+\s+set\b"
    r"|\b(create|alter|drop)\s+(or\s+replace\s+)?(temp\s+)?(table|view|macro|schema|index)\b",
    re.IGNORECASE | re.DOTALL,
)


def statements(tree: ast.AST) -> list[str]:
    """The SQL in a module's strings, docstrings apart, and its calls of `execute`."""
    found, docstrings = [], documentation(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            example = node.value.startswith("digest query ")  # in a command's help
            if id(node) not in docstrings and not example and SQL.search(node.value):
                found.append(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and "execute" in node.func.attr:
            found.append(ast.unparse(node))
    return found


def documentation(tree: ast.AST) -> set[int]:
    """The strings that stand by themselves: docstrings."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_sql_is_the_stores(path: Path) -> None:
    """Others call its functions, which say in a name what they ask for."""
    if package_of(path) != "store":
        assert statements(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        'rows("select count(*) from items")',
        'rows(f"select {columns} from items")',
        'rows("""\n  WITH one AS (SELECT 1)\n  FROM one""")',
        'SQL = "insert into core.marks values (1)"',
        'SQL = "update core.items set backfill = true"',
        'SQL = "delete  from core.items"',
        'SQL = "create or replace table x (y int)"',
        "db.execute(SQL)",
        "db.executemany(SQL, rows)",
    ],
)
def test_sql_elsewhere_would_be_seen(code: str) -> None:
    """However it is put together."""
    assert statements(ast.parse(code))


@pytest.mark.parametrize("code", ['"""Select works and join them."""', 'help = "With --again: from the file"'])
def test_english_is_not_sql(code: str) -> None:
    """Nor is what a docstring shows."""
    assert statements(ast.parse(code)) == []


def test_files_stay_small() -> None:
    """No file grows past what can be read in one sitting."""
    long = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: lines for name, lines in long.items() if lines > 320} == {}


def test_a_configured_archive_is_opened_for_its_learner() -> None:
    """By `workflows.opening` alone, so that no step can forget whose rows it reads and writes."""
    elsewhere = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if path.name != "opening.py" and OPENING.search(path.read_text("utf-8"))
    }

    assert elsewhere == set()
