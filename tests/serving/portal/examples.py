"""The examples of docs/intake.md, which tests send as a portal would."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "intake.md"
CLAIMS, PAYMENTS, LISTS, FHIR = (
    found.encode()
    for found in re.findall(r"```(?:csv|json)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
)
