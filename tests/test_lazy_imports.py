"""What is heavy is loaded only by what needs it."""

import subprocess
import sys

HEAVY = (
    "torch",
    "duckdb",
    "feedparser",
    "sentence_transformers",
    "tokenizers",
    "trafilatura",
    "httpx2",
    "httpcore2",
    "imapclient",
    "mcp",
    "numpy",
    "pyarrow",
    "fsspec",
    "ray",
)


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n")[-2].split())


def test_help_loads_nothing_heavy() -> None:
    """`digest --help` answers without the archive, the parsers or the model."""
    code = (
        "import sys; sys.argv = ['digest', '--help']\nfrom digest.cli import main\ntry: main()\nexcept SystemExit: pass"
    )

    assert loaded_after(code) == set()


def test_checking_the_configuration_loads_nothing_heavy() -> None:
    """`digest check` needs neither the archive nor the model."""
    assert loaded_after("import digest.config") == set()


def test_the_bundled_model_needs_no_torch() -> None:
    """Embedding with the default model leaves torch and sentence-transformers alone."""
    code = (
        "from pathlib import Path\nfrom digest.judge.embedding import load_model\n"
        "load_model('bundled', folder=Path()).encode(['a'])"
    )

    assert not loaded_after(code) & {"torch", "sentence_transformers"}


def test_the_first_page_loads_neither_parsers_nor_numpy() -> None:
    """The local page is there within a second, and small; what judges, searches and draws comes with the pages that need it."""
    code = "import digest.cli, digest.web.serving, digest.web.app"

    assert loaded_after(code) == {"duckdb"}
