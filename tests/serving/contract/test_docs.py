"""docs/api.md names every problem as the catalogue does, and no other; its caller in Python runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from serving.contract.problems import PROBLEMS
from tests.support.small_x12 import BilledClaim, professional

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "api.md"


def test_the_page_has_every_problem_of_the_catalogue_in_its_order() -> None:
    rows = re.findall(r"^\| \d{3} \| .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [f"| {one.status} | `{one.code}` | {one.means} | {one.again} |" for one in PROBLEMS]


def test_the_caller_in_python_sends_a_file_and_reads_what_waits(address: str, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    program = text.partition("```python\n")[2].partition("```")[0].replace("http://127.0.0.1:3000", address)
    (tmp_path / "claims.x12").write_bytes(professional([BilledClaim("PAGE-1"), BilledClaim("PAGE-2")]))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    taken, *rows = done.stdout.splitlines()
    assert taken.startswith("taken: {")
    assert len(rows) >= 2
    assert all(re.fullmatch(r"[0-9a-f]{24} [a-z]+ [a-z-]+", row) for row in rows)
