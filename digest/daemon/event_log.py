"""The log: one event a line, as key=value pairs."""

import json
import logging
import sys
import time
from typing import Any

from digest.printable import MOST, one_line

log = logging.getLogger(__name__)


def log_event(event: str, level: int = logging.INFO, **facts: Any) -> None:  # noqa: ANN401 - anything with a str
    """Log one event as key=value pairs, on one line whatever the values hold."""
    log.log(level, " ".join([f"event={_value(event)}", *(f"{key}={_value(fact)}" for key, fact in facts.items())]))


def write_logs_to_stderr(level: int = logging.INFO) -> None:
    """Write one line for each event: time in UTC, level, then its key=value pairs."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter("time=%(asctime)s level=%(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    log.handlers, log.propagate = [handler], False
    log.setLevel(level)
    # APScheduler warns of ticks that take longer than a minute, which do no harm.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def _value(fact: object) -> str:
    text = str(fact)
    text = one_line(text) if len(text) > MOST else text
    plain = text and text.isprintable() and not set(text) & set(' "=')
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())
