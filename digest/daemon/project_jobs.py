"""What the background job does for projects: ask arXiv, review the literature, write files. Failures are logged once."""

from collections.abc import Iterable
from datetime import datetime

from digest.config import Config
from digest.daemon.attempts import Attempts
from digest.records import Issue
from digest.workflows import projects
from digest.workflows.ranking import Ranked


class ProjectJobs:
    """Jobs of projects, each learner's by itself."""

    def __init__(self, jobs: Attempts, *, wait: float) -> None:
        self._jobs = jobs
        self._wait = wait

    def look_up(self, learners: Iterable[Config], now: datetime) -> None:
        """Ask arXiv about new projects; one that it did not answer for is asked about at the next ranking."""
        for one in learners:
            self._look_up(one, now)

    def _look_up(self, config: Config, now: datetime) -> None:
        whose = config.learner_id
        told = self._jobs.run(f"project of {whose}", now, lambda: projects.look_up(config, now, wait=self._wait))
        if told:
            self._jobs.log_once(f"papers for {whose}", told)
        elif told is not None:
            self._jobs.clear(f"papers for {whose}")

    def review(self, config: Config, ranked: Ranked, now: datetime) -> None:
        """Make the literature review of a new project."""
        job = f"literature review of {config.learner_id}"
        self._jobs.run(job, now, lambda: projects.review(config, ranked, now, wait=self._wait))

    def write(self, config: Config, issue: Issue, now: datetime) -> None:
        """Write a project's file once more when the project is over."""
        job = f"project file of {config.learner_id}"
        self._jobs.run(job, now, lambda: projects.write_wrap_up(config, issue, wait=self._wait))
