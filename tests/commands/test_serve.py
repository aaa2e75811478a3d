"""send, pause, resume, and the units that `serve --print` writes."""

import json
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import pytest

from digest.commands.service_units import UNITS
from digest.config import parse_config
from tests.commands.conftest import Command
from tests.deliver.postoffice import CUT_AFTER_KEEPING, PostOffice, post_office

MAIL = """
[email]
to = ["ada@example.net", "ben@example.net"]
from = "Digest <digest@example.org>"
host = "127.0.0.1"
port = {port}
security = "none"
"""


def with_mail(home: Path, office: PostOffice) -> Path:
    """Add a mail server to the folder's sources.toml."""
    path = home / "sources.toml"
    path.write_text(path.read_text(encoding="utf-8") + MAIL.format(port=office.port), encoding="utf-8")
    return path


class TestSend:
    def test_nothing_pending_is_no_failure(self, digest: Command, home: Path) -> None:
        """The demo's issue has gone where it was to go."""
        done = digest("send", "--config", home / "sources.toml")

        assert (done.code, done.err) == (0, "")
        assert "nothing is pending" in done.out

    def test_mail_set_up_later_gets_no_old_issue_unless_asked_for(self, digest: Command, home: Path) -> None:
        """--again, and with --to only there, brings the issue to whom it has not gone."""
        with post_office() as office:
            path = with_mail(home, office)
            assert "nothing is pending" in digest("send", "--config", path).out
            assert office.mailboxes == {}

            done = digest("send", "--again", "--to", "ben@example.net", "--config", path)

        assert done.code == 0
        assert "sent 2026-W47 to ben@example.net" in done.err
        assert list(office.mailboxes) == ["ben@example.net"]

    def test_a_failure_is_said_and_shown_by_status(self, digest: Command, home: Path) -> None:
        """One line names the server's reason, the exit status is 1, and `status --check` tells monitors."""
        with post_office() as office:
            path = with_mail(home, office)
            office.troubles["ada@example.net"].append("550 no such mailbox")
            done = digest("send", "--again", "--to", "email", "--config", path)
            assert done.code == 1
            assert "550 no such mailbox" in done.err

            state = digest("status", "--json", "--check", "--now", "2026-11-20T10:00:00Z", "--config", path)
            assert state.code == 1
            [delivery] = json.loads(state.out)[0]["undelivered"]
            assert (delivery["recipient"], delivery["state"]) == ("ada@example.net", "failed")

            assert digest("send", "--config", path).code == 0
            assert digest("status", "--check", "--now", "2026-11-20T10:00:00Z", "--config", path).code == 0
        assert {to: len(mails) for to, mails in office.mailboxes.items()} == {
            "ada@example.net": 1,
            "ben@example.net": 1,
        }

    def test_doubt_is_said_by_status(self, digest: Command, home: Path) -> None:
        """An unknown outcome is something wrong; once it is sent again, that there may be two is still said."""
        with post_office() as office:
            path = with_mail(home, office)
            office.troubles["ada@example.net"].append(CUT_AFTER_KEEPING)
            assert digest("send", "--again", "--to", "email", "--config", path).code == 1
            state = digest("status", "--check", "--now", "2026-11-20T10:00:00Z", "--config", path)
            assert (state.code, "unknown" in state.out) == (1, True)

            assert digest("send", "--config", path).code == 0
            state = digest("status", "--check", "--now", "2026-11-20T10:00:00Z", "--config", path)
        assert (state.code, "may have arrived too" in state.out) == (0, True)

    def test_preview_writes_a_mail_and_sends_none(self, digest: Command, home: Path, tmp_path: Path) -> None:
        """The file opens in mail programs."""
        with post_office() as office:
            done = digest("send", "--preview", tmp_path / "mail.eml", "--config", with_mail(home, office))

        assert done.code == 0
        assert message_from_bytes((tmp_path / "mail.eml").read_bytes())["To"] == "ada@example.net"
        assert office.sessions == 0

    def test_a_dry_run_sends_nothing(self, digest: Command, home: Path) -> None:
        """--dry-run ends a period on a copy; nobody hears of it."""
        with post_office() as office:
            done = digest("run", "--dry-run", "--now", "2026-11-20T10:00:00Z", "--config", with_mail(home, office))

        assert "Ada" in done.out
        assert office.sessions == 0

    def test_to_goes_with_again(self, digest: Command, home: Path) -> None:
        """Wrong usage is 2."""
        assert digest("send", "--to", "email", "--config", home / "sources.toml").code == 2


class TestRest:
    def test_pause_and_resume(self, digest: Command, home: Path) -> None:
        """Both say when the next issue is due, and `status` says that there is a rest."""
        path = home / "sources.toml"
        done = digest("pause", "--until", "2027-01-11", "--config", path)
        assert "the next issue is due Mon 2027-01-11" in done.out
        state = json.loads(digest("status", "--json", "--now", "2026-12-24T00:00:00Z", "--config", path).out)[0]
        assert state["paused_until"].startswith("2027-01-1")
        assert not state["issue_due"]

        done = digest("resume", "--config", path)
        assert "the next issue is due Mon 2026-11-23" in done.out
        assert json.loads(digest("status", "--json", "--config", path).out)[0]["paused_until"] is None

    def test_a_rest_without_end(self, digest: Command, home: Path) -> None:
        """It lasts until `resume`."""
        path = home / "sources.toml"
        assert "until `digest resume`" in digest("pause", "--config", path).out
        state = json.loads(digest("status", "--json", "--now", "2030-01-01T00:00:00Z", "--config", path).out)[0]
        assert (state["paused_until"], state["next_issue"], state["issue_due"]) == ("resumed", None, False)
        assert "No issue is built until `digest resume`." in digest("status", "--config", path).out

    def test_what_is_no_day_is_wrong_usage(self, digest: Command, home: Path) -> None:
        """A typo does not pause anything."""
        assert digest("pause", "--until", "next week", "--config", home / "sources.toml").code == 2


class TestStatus:
    def test_an_issue_that_is_late_is_something_wrong(self, digest: Command, home: Path) -> None:
        """A day after its hour, a monitor hears that nothing runs here."""
        path = home / "sources.toml"
        assert digest("status", "--check", "--now", "2026-11-23T12:00:00Z", "--config", path).code == 0

        late = digest("status", "--check", "--now", "2026-11-25T12:00:00Z", "--config", path)
        assert late.code == 1
        assert "is not built" in late.out


#: Awkward for every shell and service manager: spaces, percent and dollar signs, quotes.
AWKWARD = Path('/home/ada/my 100% $HOME "notes"/sources.toml')
TABLE = {
    "focus": {"statement": "x"},
    "digest": {"at": "07:30"},
    "email": {"to": ["a@b.org"], "from": "a@b.org", "host": "h", "username": "u", "password_env": "SMTP_SECRET"},
    "sources": [{"name": "a", "url": "https://example.org/"}],
}


class TestUnits:
    def test_launchd_is_a_property_list(self) -> None:
        """It parses, and starts this very installation with this very file."""
        unit = plistlib.loads(UNITS["launchd"]("/opt/py thon", AWKWARD, parse_config(TABLE)).encode())

        assert unit["ProgramArguments"] == ["/opt/py thon", "-m", "digest", "serve", "--config", str(AWKWARD)]
        assert "SMTP_SECRET" in unit["EnvironmentVariables"]

    def test_cron_runs_hourly_after_the_issues_minute(self) -> None:
        """The line survives cron's percent signs and the shell's words."""
        [line] = [
            line for line in UNITS["cron"]("/opt/python", AWKWARD, parse_config(TABLE)).splitlines() if line[0] != "#"
        ]
        (
            minute,
            hour,
            *_,
        ) = line.split()
        command = line.split(" ", 5)[5]

        assert (minute, hour) == ("32", "*")
        assert "%" not in command.replace("\\%", "")
        words = shlex.split(command.replace("\\%", "%").partition(" >>")[0])
        assert words == ["/opt/python", "-m", "digest", "run", "--config", str(AWKWARD)]

    def test_systemd_accepts_its_unit(self, tmp_path: Path) -> None:
        """As systemd itself judges, where it is installed."""
        if not shutil.which("systemd-analyze"):
            pytest.skip("there is no systemd-analyze")
        folder = tmp_path / "my 100% $HOME"
        folder.mkdir()
        unit = tmp_path / "digest.service"
        unit.write_text(
            UNITS["systemd"](sys.executable, folder / "sources.toml", parse_config(TABLE)), encoding="utf-8"
        )

        done = subprocess.run(
            ["systemd-analyze", "verify", "--user", unit],
            capture_output=True, text=True, check=False, env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
        )  # fmt: skip

        assert (done.returncode, done.stderr) == (0, "")

    def test_docker_mounts_the_folder_and_names_the_file(self) -> None:
        """Configuration and archive stay outside; the secret comes from the environment."""
        file = UNITS["docker"]("/opt/python", AWKWARD, parse_config(TABLE))

        assert f"-v {shlex.quote(str(AWKWARD.parent))}:/digest -e SMTP_SECRET" in file
        assert 'CMD ["serve", "--config", "/digest/sources.toml"]' in file

    @pytest.mark.parametrize("kind", sorted(UNITS))
    def test_every_secret_is_asked_for(self, kind: str) -> None:
        """The job needs what sources and mail accounts need, each named once; without any it asks for none."""
        source = {"name": "A", "url": "https://example.org/feed", "headers_env": {"Authorization": "MY_TOKEN"}}
        account = {"host": "imap.example.org", "username": "ada", "password_env": "IMAP_SECRET"}
        tables = {
            "imap": account,
            "marks": {"folder": "M"},
            "sources": [source, source | {"name": "B", "url": "https://b.example.org"}],
        }
        text = UNITS[kind]("/opt/python", AWKWARD, parse_config(TABLE | tables))
        bare = UNITS[kind](
            "/opt/python", AWKWARD, parse_config({name: TABLE[name] for name in TABLE if name != "email"})
        )

        assert [text.count(name) for name in ("SMTP_SECRET", "IMAP_SECRET", "MY_TOKEN")] == [1, 1, 1]
        assert not re.search("secret|SECRET", bare)

    def test_print_takes_one_of_them(self, digest: Command, home: Path) -> None:
        """They are printed for this configuration; another kind is wrong usage."""
        path = home / "sources.toml"
        assert f"--config {path}" in digest("serve", "--print", "systemd", "--config", path).out
        assert digest("serve", "--print", "upstart", "--config", path).code == 2
