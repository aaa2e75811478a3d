"""Choose and deliver the paper of one week. A program, to be killed by test_reading_group.

python -m tests.workflows.meeting SOURCES_TOML WEEK
"""

import sys
from pathlib import Path

from digest.config import load_config
from digest.judge.embedding import load_model
from digest.workflows import reading_group
from tests.make import NOW, WEEK


def main(path: Path, number: int) -> None:
    config = load_config(path)
    model = load_model("bundled", folder=config.folder)
    reading_group.issue_and_deliver(config, model, NOW + number * WEEK, wait=20)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
