"""What a bench ran on, printed above its table: figures mean nothing without it."""

import os
import platform
from importlib.metadata import version

import psutil


def machine() -> str:
    """One line: cores, memory, Python, and the versions that figures depend on."""
    gigabytes = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "duckdb", "mldigest"))
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {gigabytes:.0f} GiB, {platform.machine()}, Python {platform.python_version()}, "
        f"{versions}; load {load:.1f} at the start"
    )
