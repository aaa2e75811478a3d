"""What benches measure of their own process."""

import resource
from pathlib import Path


def peak_megabytes() -> float:
    """The most memory that this process held; Linux's getrusage would count what its parent held before it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
