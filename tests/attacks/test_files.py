"""Files that others can see or put there: what is private stays so, and links lead nowhere."""

import os
import stat
from pathlib import Path

import pytest

from digest.atomic_write import atomic_write
from digest.config import ALONE
from digest.errors import ArchiveBusy
from digest.store import compaction, deliveries, export, keys, locks, query, spool
from digest.store.archive import open_archive, transaction
from digest.workflows import delivery_previews
from tests import make
from tests.commands.conftest import Command, _digest  # noqa: F401 - a fixture
from tests.make import NOW
from tests.store.archives import fill


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(name="open_umask", autouse=True)
def _open_umask() -> object:
    before = os.umask(0o000)
    yield
    os.umask(before)


def test_archive_and_spool_are_for_their_owner_alone(archive: Path) -> None:
    """The archive with its log while it is open, rounds, states, journals, locks and the key."""
    with open_archive(archive) as db:
        with transaction(db):
            fill(db, [make.item(1)])
        assert mode(archive) == 0o600
        assert mode(archive.with_name(f"{archive.name}.wal")) == 0o600
    folder = spool.folder_for(archive)
    with spool.begin(folder, NOW) as current:
        current.put(make.fetched(), before=make.state(), after=make.state())
    spool.write_states(folder, {"Blog": make.state()})
    deliveries.log(archive, ALONE, make.receipt())
    keys.read_or_make(archive, keys.MARKING)
    with locks.hold(archive, "serving"):
        pass

    assert mode(folder) == 0o700
    assert {path.name: oct(mode(path)) for path in folder.iterdir() if mode(path) != 0o600} == {}
    assert os.umask(0o000) == 0o000  # as it was


def test_what_a_command_makes_anew_is_private_too(archive: Path, tmp_path: Path) -> None:
    """An import, an export; a vacuum keeps what the owner chose."""
    with open_archive(archive) as db:
        fill(db, [make.item(number) for number in range(99)])
    export.export(archive, tmp_path / "out", wait=0)
    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")
    assert mode(tmp_path / "new.duckdb") == 0o600

    archive.chmod(0o640)
    compaction.compact(archive, compaction.Forgetting(items_before=NOW), wait=0)
    assert mode(archive) == 0o640


def test_a_preview_is_private(tmp_path: Path) -> None:
    """Its links mark items without a password."""
    from digest.store import verdicts

    config = make.config(
        '[email]\nfrom = "a@example.org"\nto = ["b@example.org"]\nhost = "localhost"\n', folder=tmp_path
    )
    with open_archive(config.archive) as db:
        verdicts.save_issue(db, make.issue(), [], path="")

    delivery_previews.preview_mail(config, tmp_path / "mail.eml", wait=0)

    assert mode(tmp_path / "mail.eml") == 0o600


def test_a_digest_is_as_open_as_others_of_its_folder(tmp_path: Path) -> None:
    """It may be for a web server."""
    atomic_write(tmp_path / "a.md", b"")

    assert mode(tmp_path / "a.md") == 0o666


def test_a_link_in_the_place_of_a_draft_is_not_followed(archive: Path, tmp_path: Path) -> None:
    """Whoever may write into the folder of digests could have any file of ours overwritten."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    for name in (f".a.md.{os.getpid()}.draft", ".a.md.draft", ".rows.parquet.draft"):
        (tmp_path / name).symlink_to(victim)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".out.draft").symlink_to(tmp_path / "elsewhere")
    with open_archive(archive) as db:
        fill(db, [make.item(1)])

    atomic_write(tmp_path / "a.md", b"digest")
    query.copy_to_parquet(archive, "from items", tmp_path / "rows.parquet", wait=0)
    export.export(archive, tmp_path / "out", wait=0)

    assert victim.read_bytes() == b"mine"
    assert (tmp_path / "a.md").read_bytes() == b"digest"
    assert not (tmp_path / "rows.parquet").is_symlink()
    assert not list((tmp_path / "elsewhere").iterdir())
    assert not (tmp_path / "out").is_symlink()


def test_a_linked_archive_is_the_same_archive(archive: Path, tmp_path: Path) -> None:
    """Two background jobs would fetch everything twice."""
    with open_archive(archive):
        pass
    link = tmp_path / "link.duckdb"
    link.symlink_to(archive)

    with (
        locks.hold(archive, "serving"),
        pytest.raises(ArchiveBusy, match="another process"),
        locks.hold(link, "serving"),
    ):
        pass


def test_one_feed_with_a_password_refuses_only_that_feed(digest: Command, tmp_path: Path) -> None:
    """The others of the file are added, and it is named without the password."""
    (tmp_path / "sources.toml").write_text(f"{make.FOCUS}\n{make.SOURCE}", encoding="utf-8")
    feeds = "".join(
        f'<outline type="rss" text="{name}" xmlUrl="{url}"/>'
        for name, url in (
            ("One", "https://one.example.org/feed"),
            ("Secret", "https://ada:hunter2@two.example.org/feed"),
            ("Three", "https://three.example.org/feed"),
        )
    )
    (tmp_path / "feeds.opml").write_text(f'<opml version="2.0"><body>{feeds}</body></opml>', encoding="utf-8")

    done = digest("sources", "import-opml", tmp_path / "feeds.opml", "--config", tmp_path / "sources.toml")

    text = (tmp_path / "sources.toml").read_text(encoding="utf-8")
    assert done.code == 0, done
    assert "One" in text
    assert "Three" in text
    assert "hunter2" not in text + done.out + done.err
    assert "Secret" in done.out
