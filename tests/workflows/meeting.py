"""Build the issues of one week, and choose and deliver the group's paper. A program, to be killed by test_reading_group.

python -m tests.workflows.meeting SOURCES_TOML WEEK
"""

import sys
from pathlib import Path

from digest.config import load_config
from digest.judge.embedding import load_model
from digest.workflows import issuing, projects, reading_group
from digest.workflows.mail_feedback import MailMarks
from tests.make import NOW, WEEK
from tests.workflows.steps import embed_and_rank


def main(path: Path, number: int) -> None:
    config = load_config(path)
    now = NOW + number * WEEK
    for one in config.learners:
        projects.look_up(one, now, wait=20)
        ranked = embed_and_rank(one, now, wait=20)
        issuing.issue_and_deliver(one, ranked, now, mail=MailMarks(), end_period=False, wait=20)
    model = load_model("bundled", folder=config.folder)
    reading_group.issue_and_deliver(config, model, now, wait=20)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
