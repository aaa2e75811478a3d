"""The driver's part: issues of workers are delivered once, whatever dies when."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from digest.cluster.dataset import Dataset
from digest.cluster.deliver import deliver_issues, take_in_issues
from digest.cluster.embed import embed_dataset
from digest.cluster.export import export_dataset
from digest.cluster.issuing import issue_dataset
from digest.store.query import ask
from tests.cluster.institution import Institution
from tests.cluster.serial_engine import SerialEngine
from tests.deliver.postoffice import CUT_AFTER_KEEPING, PostOffice, post_office
from tests.make import NOW

LEARNERS = 6
#: A driver that delivers and says when it is done.
DRIVER = """
import sys
from pathlib import Path
from digest.cluster.deliver import deliver_issues
from digest.config import load_config
from tests.make import NOW
deliver_issues(load_config(Path(sys.argv[1]) / "sources.toml"), NOW, wait=5)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Issues of everybody, taken in and not delivered; made once."""
    folder = tmp_path_factory.mktemp("issued")
    made = Institution(folder / "home", LEARNERS, port=1, per_week=40)
    made.begin()
    made.week(0)
    dataset, engine = Dataset(str(folder / "set")), SerialEngine()
    export_dataset(made.config, dataset, wait=1)
    embed_dataset(dataset, engine, folder=made.folder)
    done = issue_dataset(dataset, engine, NOW, folder=made.folder, all_now=True)
    assert len(take_in_issues(made.config, dataset, done.tasks, wait=1)) == LEARNERS
    return made.folder


def issued(home: Path, folder: Path, office: PostOffice) -> Institution:
    """The same with this post office for its mails."""
    shutil.copytree(home, folder / "home")
    return Institution(folder / "home", LEARNERS, port=office.port)


def states(made: Institution) -> dict[str, str]:
    sql = "select recipient, state from deliveries where channel = 'email'"
    return dict(ask(made.config.archive, sql, learner=None, wait=1).rows)


def arrived(office: PostOffice) -> dict[str, int]:
    return {to: len(mails) for to, mails in office.mailboxes.items() if mails}


def test_each_mail_and_file_is_delivered_once(home: Path, tmp_path: Path) -> None:
    """And a second driver has nothing to do."""
    with post_office() as office:
        made = issued(home, tmp_path, office)

        first = deliver_issues(made.config, NOW, wait=1)
        second = deliver_issues(made.config, NOW, wait=1)

    assert arrived(office) == {f"learner{number:02}@example.net": 1 for number in range(LEARNERS)}
    assert set(states(made).values()) == {"sent"}
    assert first.sent == LEARNERS + len(list((made.folder / "digests").glob("*/*.[mh]*")))
    assert (second.sent, second.failures, second.doubtful) == (0, (), ())


def test_what_may_have_arrived_is_told_and_not_repeated(home: Path, tmp_path: Path) -> None:
    """The server kept the mail and the connection broke before it said so; what it refused is sent by the next driver."""
    with post_office() as office:
        made = issued(home, tmp_path, office)
        office.troubles["learner01@example.net"].append(CUT_AFTER_KEEPING)
        office.troubles["learner02@example.net"].append("450 come back later")

        first = deliver_issues(made.config, NOW, wait=1)
        second = deliver_issues(made.config, NOW, wait=1)

    assert arrived(office) == {f"learner{number:02}@example.net": 1 for number in range(LEARNERS)}
    assert states(made)["learner01@example.net"] == "unknown"
    assert [line.partition(":")[0] for line in first.failures] == ["learner-02"]
    assert second.sent == 1
    assert second.doubtful == (
        "learner-01: 2026-W12 to learner01@example.net may have arrived; `digest send` repeats it",
    )


@pytest.mark.slow
def test_no_mail_comes_twice_however_often_the_driver_is_killed(home: Path, tmp_path: Path) -> None:
    """Every mail comes once, or is among those of which it is told that they may have."""
    with post_office() as office:
        made = issued(home, tmp_path, office)
        for attempt in range(8):
            driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(made.folder)], env=os.environ)
            until = time.monotonic() + 30
            before = sum(arrived(office).values())
            while driver.poll() is None and sum(arrived(office).values()) <= before and time.monotonic() < until:
                time.sleep(0.001 * attempt)
            driver.send_signal(signal.SIGKILL)
            driver.wait()
        done = deliver_issues(made.config, NOW, wait=5)

    assert max(arrived(office).values()) == 1
    doubtful = {line.split(" to ")[1].split()[0] for line in done.doubtful}
    missing = {f"learner{number:02}@example.net" for number in range(LEARNERS)} - arrived(office).keys()
    assert missing <= doubtful
    assert not done.failures
