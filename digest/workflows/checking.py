"""What a valid sources.toml names and this machine lacks: it would fail later, and can be said now."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from digest.config import Complaint, Config, expanded
from digest.deliver.post_channel import read_target
from digest.errors import DeliveryError, FetchError
from digest.fetch.maildir import mail_files


def obstacles(config: Config, environment: Mapping[str, str]) -> Iterator[Complaint]:
    """Missing maildirs, environment variables that are not set, and folders that cannot be written."""
    yield from _in_sources(config, environment)
    for table, server in (("email", config.email), ("imap", config.imap)):
        name = server.password_env if server else ""
        if name and not environment.get(name):
            yield Complaint((table, "password_env"), f"{table}.password_env: {_unset(name)}")
    yield from _in_notify(config, environment)
    if config.marks and config.marks.maildir and (problem := _no_maildir(config, config.marks.maildir)):
        yield Complaint(("marks", "maildir"), f"marks.maildir: {problem}")
    folders = {("digest", "directory"): config.digest_folder, ("store", "path"): config.archive.parent}
    for (table, key), folder in folders.items():
        if problem := _not_writable(folder):
            yield Complaint((table, key), f"{table}.{key}: {problem}")


def _in_sources(config: Config, environment: Mapping[str, str]) -> Iterator[Complaint]:
    for place, source in enumerate(config.sources):
        if source.maildir and (problem := _no_maildir(config, source.maildir)):
            yield Complaint(("sources", place, "maildir"), f"source {source.name!r}: maildir: {problem}")
        for _, name in source.headers_env:
            if not environment.get(name):
                yield Complaint(("sources", place, "headers_env"), f"source {source.name!r}: {_unset(name)}")


def _in_notify(config: Config, environment: Mapping[str, str]) -> Iterator[Complaint]:
    for place, entry in enumerate(config.notify):
        try:
            read_target(entry, environment)
        except DeliveryError as error:
            yield Complaint(("notify", place), f"notify {entry.label!r}: {error}")


def _unset(name: str) -> str:
    return f"the environment variable {name} is not set"


def _no_maildir(config: Config, maildir: str) -> str:
    try:
        mail_files(config.folder / expanded(maildir, "maildir"))
    except (FetchError, OSError, RuntimeError) as error:
        return str(error)
    return ""


def _not_writable(folder: Path) -> str:
    """Why nothing could be written into a folder that need not be there yet; "" where it could."""
    place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if not place.is_dir():
        return f"{place} is not a folder"
    return "" if os.access(place, os.W_OK | os.X_OK) else f"{place} cannot be written"
