"""The demo: the very same pipeline over sample feeds, served on loopback by a tiny server."""

from datetime import datetime
from pathlib import Path

from digest import demo, pipeline
from digest.config import load_config
from digest.errors import ConfigError
from digest.render.markdown import render_markdown


def demonstrate(folder: Path, now: datetime) -> str:
    """Run everything once in *folder*, which must not hold a configuration yet; returns the digest."""
    path = folder / "sources.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with demo.serve_samples(now) as base_url:
            with path.open("x", encoding="utf-8") as file:
                file.write(demo.demo_config(base_url))
            outcome = pipeline.run(load_config(path), now, end_period=True)
    except FileExistsError as error:
        raise ConfigError(f"{path}: is there already; the demo wants a folder of its own") from error
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror}") from error
    assert outcome.issue is not None  # the period was ended
    return render_markdown(outcome.issue)
