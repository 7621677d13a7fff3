"""What modules of ours need of others, told from their text; and all that comes with a list of packages."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
ROOMS = frozenset({"features", "models", "training", "serving", "tests"})


def reached(roots: Iterable[str]) -> tuple[set[str], dict[str, set[str]]]:
    """The modules of ours that these lead to, and the packages of others that they import, each with where.

    What is imported in a function counts too: it is needed at the latest when somebody asks for it. What is imported
    for the type checker alone does not, and neither does what a module goes on without.
    """
    left, ours, others = list(roots), set[str](), dict[str, set[str]]()
    while left:
        module = left.pop()
        path = _path(module)
        if path is None or module in ours:
            continue
        ours.add(module)
        left.append(module.rpartition(".")[0])
        for name, where in _imported(ast.parse(path.read_text(encoding="utf-8")), module):
            package = name.partition(".")[0]
            if package in ROOMS:
                left.append(name)
            elif package not in sys.stdlib_module_names:
                others.setdefault(package, set()).add(where)
    return ours, others


def _path(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None) if module else None


def _imported(node: ast.AST, where: str) -> Iterator[tuple[str, str]]:
    """Names of modules, and of what is taken from one, which may be a module as well; and the function that does it."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, where) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from ((f"{node.module}.{alias.name}", where) for alias in node.names)
        yield node.module or "", where
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        where = f"{where}.{node.name}"
    for child in _done(node):
        yield from _imported(child, where)


def _done(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return node.orelse
    if isinstance(node, ast.Try) and any(_may_lack(handler) for handler in node.handlers):
        return [*node.handlers, *node.orelse, *node.finalbody]
    return ast.iter_child_nodes(node)


def _may_lack(handler: ast.ExceptHandler) -> bool:
    caught = "" if handler.type is None else ast.unparse(handler.type)
    return "ImportError" in caught or "ModuleNotFoundError" in caught


def brought(lines: Iterable[str]) -> set[str]:
    """The distributions that an installer would bring here for these requirements, with all that they ask for."""
    left = [Requirement(line) for line in lines]
    seen: set[tuple[str, str]] = set()
    while left:
        asked = left.pop()
        if asked.marker and not asked.marker.evaluate():
            continue
        name = canonicalize_name(asked.name)
        for extra in {"", *asked.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                left += _asked_for(name, extra)
    return {name for name, _ in seen}


def _asked_for(name: str, extra: str) -> Iterator[Requirement]:
    """What a distribution asks for with an extra; nothing where it is not installed, as what no test needs."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return
    for one in map(Requirement, lines):
        if one.marker is None or one.marker.evaluate({"extra": extra}):
            one.marker = None
            yield one


def that_nobody_brings(packages: Iterable[str], distributions: set[str]) -> set[str]:
    """Those of these import packages that come with none of the distributions."""
    known = packages_distributions()
    return {
        package
        for package in packages
        if not {canonicalize_name(name) for name in known.get(package, ())} & distributions
    }
