"""For the scripts in Python: go on in the environment that scripts/test makes, where this one lacks what they need."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_MAKE = """
set -eu
root=$1
. "$root/scripts/environment.sh"
cd "$root"
make_environment "$root/.venv-test" test -e "$root" --group test --group check
if [ "$2" = transformers ]; then
    make_environment "$root/.venv-test" torch "torch==2.13.0"
    make_environment "$root/.venv-test" transformers -e "$root[transformers]"
fi
"""


def enter(*, transformers: bool = False, cluster: bool = False) -> None:
    """Start the running script again in .venv-test, made if need be, unless everything is here already.

    *transformers* says that the script needs that extra too, which brings scikit-learn; *cluster*, the extra `ray`.
    """
    needed = [
        "duckdb",
        "numpy",
        "pydantic",
        "tokenizers",
        *(["sentence_transformers", "sklearn"] if transformers else []),
        *(["ray", "pyarrow", "psutil"] if cluster else []),
    ]
    python = ROOT / ".venv-test" / "bin" / "python"
    if all(map(find_spec, needed)):
        return
    if Path(sys.prefix).resolve() == python.parent.parent.resolve():
        sys.exit(f"{python.parent.parent} lacks {', '.join(name for name in needed if not find_spec(name))}; remove it")
    command = ["sh", "-c", _MAKE, "sh", str(ROOT), "transformers" if transformers else ""]
    if subprocess.run(command, check=False).returncode:
        sys.exit("the environment could not be made")
    os.execv(python, [str(python), *sys.argv])
