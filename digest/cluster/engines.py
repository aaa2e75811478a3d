"""Opens the engine that a command asks for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from digest.cluster.engine import Engine
from digest.errors import DigestError

LOCAL, RAY = "local", "ray"
#: What every worker needs beside the program itself.
_LIBRARIES = ("fsspec", "pyarrow")


@contextmanager
def opened_engine(
    kind: str = LOCAL, *, address: str = "", workers: int | None = None, gpus: float = 1.0
) -> Iterator[Engine]:
    """An engine of this *kind*, closed at the end; DigestError where its libraries or its cluster are missing.

    *address* is that of a Ray cluster, by default RAY_ADDRESS; *gpus* what share of a GPU a transformer takes there; see `RayEngine`.
    """
    need_libraries()
    engine = _engine(kind, address, workers, gpus)
    try:
        yield engine
    finally:
        engine.close()


def need_libraries() -> None:
    """Raise DigestError where what reads and writes datasets is not installed."""
    if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
        raise DigestError(f"`digest cluster` needs {' and '.join(missing)}: pip install 'mldigest[ray]'")


def _engine(kind: str, address: str, workers: int | None, gpus: float) -> Engine:
    if kind == RAY:
        from digest.cluster.ray_engine import RayEngine

        return RayEngine(address or os.environ.get("RAY_ADDRESS", ""), workers, gpus)
    from digest.cluster.local_engine import LocalEngine

    return LocalEngine(workers)
