"""The log."""

import json
import logging
import re

import pytest

from digest.daemon.event_log import log_event


class TestLog:
    def test_every_event_is_one_line_of_pairs(self, caplog: pytest.LogCaptureFixture) -> None:
        """Whatever a value holds, a line can be taken apart again."""
        with caplog.at_level(logging.INFO, logger="digest.daemon.event_log"):
            log_event("it happened", error='a "b"\nc=d \u2028 é', count=3)

        [line] = [record.message for record in caplog.records]
        found = dict(re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)', line))
        assert "\n" not in line
        assert json.loads(found["event"]) == "it happened"
        assert json.loads(found["error"]) == 'a "b"\nc=d \u2028 é'
        assert found["count"] == "3"
