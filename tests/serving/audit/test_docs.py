"""What docs/audit.md says to auditors is so: its tests are there, its actions are those of the log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from serving.audit.chain import Action

ROOT = Path(__file__).parent.parent.parent.parent
DOCUMENT = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
CLAUSES = re.findall(r"^\| (?:164[^|]*)?\|[^|]*\|([^|]*)\|$", DOCUMENT, re.MULTILINE)


def test_every_test_that_the_table_of_clauses_names_is_there() -> None:
    named = 0
    for shown in CLAUSES:
        for file, tests in re.findall(r"`([\w/]+\.py)`(?:: ((?:`test_\w+`(?:, )?)+))?", shown):
            source = (ROOT / "tests" / "serving" / file).read_text(encoding="utf-8")
            for name in re.findall(r"test_\w+", tests):
                assert f"def {name}(" in source, f"{file} has no {name}"
                named += 1
    assert named > 20


def test_a_clause_without_a_test_says_so() -> None:
    assert len(CLAUSES) > 20
    for shown in CLAUSES:
        assert "`test_" in shown or ".py`" in shown or "not yet" in shown, shown


def test_every_action_of_the_log_is_told_of() -> None:
    told = set(
        re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`[a-z-]+`[^|]*)\|", DOCUMENT, re.MULTILINE)))
    )
    assert set(get_args(Action)) <= told
