"""The reading group of sources.toml: who is in it, and the settings under which its issues are made. Pure."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.config.contradictions import Complaint
from digest.config.learners import are_several, declared, learner_id
from digest.config.values import shown

if TYPE_CHECKING:
    from digest.config import Config


def group_slug(name: str) -> str:
    """A group's name in small letters, digits and hyphens, for its folder and its key in the archive."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def group_key(name: str) -> str:
    """Under what the archive keeps a group's issues; no learner's id can be the same."""
    return f"@{group_slug(name)}"


def with_defaults(table: Mapping[str, Any]) -> dict[str, Any]:
    """The group's table as {"group": ...} with the mail server of [email] and a folder of its own; {} without one."""
    given = table.get("group")
    if not isinstance(given, Mapping):
        return {"group": given} if "group" in table else {}
    merged = dict(given)
    mail, common = given.get("email"), table.get("email")
    if isinstance(mail, Mapping) and isinstance(common, Mapping):
        merged["email"] = {key: value for key, value in common.items() if key != "to"} | dict(mail)
    own, digest, name = given.get("digest", {}), table.get("digest"), given.get("name")
    shared = digest.get("directory", "digests") if isinstance(digest, Mapping) else "digests"
    if isinstance(own, Mapping) and isinstance(shared, str) and isinstance(name, str) and "directory" not in own:
        merged["digest"] = {**own, "directory": f"{shared.rstrip('/')}/{group_slug(name)}"}
    return {"group": merged}


def group_complaints(table: Mapping[str, Any]) -> Iterator[Complaint]:
    """What is wrong with [group] against the learners of the file."""
    given = table.get("group")
    if not isinstance(given, Mapping):
        return
    if not are_several(table):
        yield Complaint(("group",), "group: a reading group needs several learners, each with a [[learner]] table")
        return
    entries = declared(table)
    known = {str(entry.get("name", "")).casefold() for entry in entries} | {learner_id(entry) for entry in entries}
    members, seen = given.get("members", ()), set[str]()
    for place, member in enumerate(members if isinstance(members, list) else ()):
        at = ("group", "members", place)
        if isinstance(member, str) and member.casefold() not in known and member not in known:
            names = ", ".join(str(entry.get("name")) for entry in entries)
            yield Complaint(at, f"group.members: there is no learner {shown(member)}; there are {names}")
        elif isinstance(member, str) and member.casefold() in seen:
            yield Complaint(at, f"group.members: {shown(member)} is named twice")
        seen.add(str(member).casefold())
    name = given.get("name")
    if isinstance(name, str) and not group_slug(name):
        told = "group.name: needs a letter or a digit: the folder of the group's issues is named for it"
        yield Complaint(("group", "name"), told)
    elif isinstance(name, str) and group_slug(name) in {learner_id(entry).lower() for entry in entries}:
        told = f"group.name: {shown(name)} is a learner's id too, and both have a folder; choose another name"
        yield Complaint(("group", "name"), told)


def members_of(config: "Config") -> tuple["Config", ...]:
    """The views of the group's members, in the order of the group; () without a group."""
    if config.group is None or len(config.learners) < 2:
        return ()
    named = [config.for_learner(member) for member in config.group.members] or config.learners
    return tuple({one.learner_id: one for one in named}.values())


def group_view(config: "Config") -> "Config | None":
    """The settings under which the group's issues are made and delivered, with its first member's clock; None without a group."""
    members = members_of(config)
    if not members or config.group is None:
        return None
    first, own = members[0], config.group.digest
    changes = {name: value for name, value in own.model_dump().items() if value is not None}
    folder = own.directory or str(Path(first.digest.directory).parent / group_slug(config.group.name))
    return first.model_copy(
        update={
            "learner": first.learner.model_copy(update={"name": config.group.name}),
            "learner_id": group_key(config.group.name),
            "digest": first.digest.model_copy(update=changes | {"directory": folder, "send_empty": True}),
            "email": config.group.email,
            "marks": None,
        }
    )
