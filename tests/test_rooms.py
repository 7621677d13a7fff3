"""The rooms import only what stands below them, and only the simulator and evaluation know the truth."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "features": {"features"},
    "models": {"features", "models"},
    "training": {"features", "models", "training"},
    "serving": {"features", "models", "serving"},
}
OPENS_THE_TRUTH = ("training/simulate/", "training/benchmarks/")


def imported_rooms(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are by full path"
            names.add((node.module or "").split(".")[0])
    return names & MAY_IMPORT.keys()


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_stands_below_it(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        forbidden = imported_rooms(path) - MAY_IMPORT[room]
        assert not forbidden, f"{path.relative_to(ROOT)} imports {sorted(forbidden)}"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_every_room_has_modules_with_a_docstring(room: str) -> None:
    modules = list((ROOT / room).rglob("*.py"))
    assert len(modules) > 1
    for path in modules:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), (
            f"{path} says not what it is for"
        )


def test_only_the_simulator_and_evaluation_open_the_truth() -> None:
    for room in MAY_IMPORT:
        for path in (ROOT / room).rglob("*.py"):
            where = path.relative_to(ROOT).as_posix()
            if not where.startswith(OPENS_THE_TRUTH):
                strings = [
                    n.value
                    for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                    if isinstance(n, ast.Constant) and isinstance(n.value, str)
                ]
                assert not [s for s in strings if s.startswith("truth/")], (
                    f"{where} names a file of the truth"
                )
