"""What starts the background job on each system, ready-made with the paths of this installation. Pure."""

import plistlib
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from digest.config import Config

SYSTEMD = """\
# Save as ~/.config/systemd/user/digest.service, then:
#   systemctl --user daemon-reload && systemctl --user enable --now digest
#   loginctl enable-linger        # to run also while you are logged out
# Logs: journalctl --user -u digest{secret}
[Unit]
Description=A weekly digest of machine learning, read for you
Documentation=file://{config_documentation}

[Service]
ExecStart={command}
WorkingDirectory={folder}
Restart=on-failure
RestartSec=60
TimeoutStopSec=10
Nice=10
NoNewPrivileges=yes
EnvironmentFile=-%h/.config/digest/environment

[Install]
WantedBy=default.target
"""

CRON = """\
# Add with `crontab -e`. Each hour it reads what is due and, when it is time, writes and sends the issue.{secret}
{minute} * * * * {command}
"""

DOCKER_RUN = """\
# Save as Dockerfile in the folder of the source code, then:
#   docker build --tag digest .
#   docker run --detach --name digest --restart unless-stopped --stop-timeout 10 \\
#     --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \\
#     --user "$(id -u):$(id -g)" -v {folder}:/digest{secret} digest
"""

#: The source code carries the same file, for a configuration called sources.toml.
DOCKERFILE = """\
FROM python:3.11-slim AS build
COPY . /source
RUN python -m venv /opt/digest && /opt/digest/bin/pip install --no-cache-dir /source
RUN install --directory --owner=1000 --group=1000 /volume

FROM python:3.11-slim
COPY --from=build /opt/digest /opt/digest
# Configuration, archive and digests. The root file system may be read-only; /tmp is for what does not last.
COPY --from=build --chown=1000:1000 /volume /digest
ENV PATH=/opt/digest/bin:$PATH HOME=/tmp
WORKDIR /digest
VOLUME /digest
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15m --timeout=1m CMD ["digest", "status", "--check", "--config", "/digest/{name}"]
ENTRYPOINT ["digest"]
CMD ["serve", "--config", "/digest/{name}"]
"""


def systemd(python: str, path: Path, config: Config, options: Sequence[str] = ()) -> str:
    """A systemd user unit."""
    words = [python, "-m", "digest", "serve", *options, "--config", str(path)]
    lines = "".join(f"\n#   {name}=..." for name in _secrets(config))
    secret = f"\n# What is secret goes into ~/.config/digest/environment (chmod 600):{lines}" if lines else ""
    return SYSTEMD.format(
        command=" ".join(map(_systemd_word, words)),
        folder=str(path.parent).replace("%", "%%"),
        config_documentation=str(path).replace("%", "%%").replace(" ", "%%20"),
        secret=secret,
    )


def launchd(python: str, path: Path, config: Config, options: Sequence[str] = ()) -> str:
    """A launchd property list for macOS."""
    secrets = {name: "put the secret here, and chmod 600 this file" for name in _secrets(config)}
    logs = str(Path.home() / "Library" / "Logs" / "digest.log")
    unit = {
        "Label": "org.mldigest.digest",
        "ProgramArguments": [python, "-m", "digest", "serve", *options, "--config", str(path)],
        "WorkingDirectory": str(path.parent),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ProcessType": "Background",
        "StandardErrorPath": logs,
        **({"EnvironmentVariables": secrets} if secrets else {}),
    }
    head, _, body = plistlib.dumps(unit, sort_keys=False).decode().partition("\n")
    manual = (
        "<!-- Save as ~/Library/LaunchAgents/org.mldigest.digest.plist, then:\n"
        "     launchctl bootstrap gui/$UID ~/Library/LaunchAgents/org.mldigest.digest.plist -->"
    )
    return f"{head}\n{manual}\n{body}"


def cron(python: str, path: Path, config: Config, _: Sequence[str] = ()) -> str:
    """A crontab line; it runs everything once an hour, a little after the minute at which issues are due."""
    words = shlex.join([python, "-m", "digest", "run", "--config", str(path)])
    log = shlex.quote(str(path.parent / "digest.log"))
    lines = "".join(f"\n#   {name}=..." for name in _secrets(config))
    # In a crontab a bare % ends the command.
    return CRON.format(
        minute=(config.digest.at.minute + 2) % 60,
        command=f"{words} >>{log} 2>&1".replace("%", "\\%"),
        secret=f"\n# It needs its secrets; above the line write:{lines}" if lines else "",
    )


def docker(python: str, path: Path, config: Config, _: Sequence[str] = ()) -> str:
    """The Dockerfile of the source code for this configuration, and how to start what it builds."""
    run = DOCKER_RUN.format(
        folder=shlex.quote(str(path.parent)),
        secret="".join(f" -e {name}" for name in _secrets(config)),
    )
    return run + DOCKERFILE.format(name=path.name.replace("\\", "\\\\").replace('"', '\\"'))


#: Those that keep `digest serve` running here, so that it may serve the page too.
WITH_PAGE = ("systemd", "launchd")

#: *options* are those of `digest serve` that the unit passes on.
UNITS: dict[str, Callable[..., str]] = {
    "systemd": systemd,
    "launchd": launchd,
    "cron": cron,
    "docker": docker,
}


def _secrets(config: Config) -> list[str]:
    """The environment variables that hold what is secret, each once."""
    accounts = [server.password_env for server in (config.email, config.imap) if server]
    headers = [name for source in config.sources for _, name in source.headers_env]
    posts = [name for one in config.learners for entry in one.notify for name in (entry.url_env, entry.token_env)]
    return [name for name in dict.fromkeys([*accounts, *headers, *posts]) if name]


def _systemd_word(word: str) -> str:
    """One argument as systemd reads it: quoted, with its specifiers and variables made harmless."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w./:%-]+", word) else f'"{escaped}"'
