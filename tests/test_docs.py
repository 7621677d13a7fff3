"""What the README tells a reader to type exists, and what can be set is told."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = "\n".join(re.findall(r"```(?:sh|console|bash)?\n(.*?)```", README, re.DOTALL)) + "\n".join(
    re.findall(r"`([^`\n]+)`", README)
)
VERBS = {"demo", "test", "check", "serve", "e2e", "bench", "notebooks", "bento"}
ROOMS = ("features", "training", "serving")


def makefile_targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def commands_of(room: str) -> set[str]:
    """The commands that a room's command line registers, read from its syntax tree."""
    tree = ast.parse((ROOT / room / "__main__.py").read_text(encoding="utf-8"))
    modules = re.compile(rf"^{room}(\.\w+)+$")
    return {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and isinstance(value, ast.Constant)
        and modules.match(str(value.value))
    }


def test_every_make_verb_of_the_readme_is_a_target() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z0-9-]*)", CODE))
    assert named >= VERBS, f"the README does not tell of {sorted(VERBS - named)}"
    assert named <= makefile_targets()


@pytest.mark.parametrize("room", ROOMS)
def test_every_command_of_the_readme_exists(room: str) -> None:
    named = set(re.findall(rf"python -m {room} ([a-z-]+)", CODE))
    assert named, f"the README shows no command of {room}"
    assert named <= commands_of(room)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_explains_its_commands(room: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", room, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    for command in commands_of(room):
        assert command in shown


def test_every_setting_is_in_the_readme() -> None:
    source = (ROOT / "features" / "settings.py").read_text(encoding="utf-8")
    for name in re.findall(r'given\.get\("(\w+)"\)', source):
        assert name in README


def test_every_file_that_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_lock_files_name_no_index_and_hash_every_package() -> None:
    for name in ("requirements.lock", "bootstrap.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"index.url", text)
        assert "://" not in text
        pinned = re.findall(r"^[\w.\[\]-]+==.*\\\n(.*)$", text, re.MULTILINE)
        assert pinned
        assert all("--hash=sha256:" in following for following in pinned)
