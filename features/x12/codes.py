"""The closed code lists that decide how a record is read; a code outside them is reported and kept as it is."""

from __future__ import annotations

from typing import Final

# CAS01, X12 code list 1033. CR (correction and reversal) stands in 4010 files.
ADJUSTMENT_GROUPS: Final = frozenset({"CO", "CR", "OA", "PI", "PR"})

# CLP02, X12 code list 1029. 5, 10, 13, 15, 16, 17 and 27 left the guide after 4010 and still come.
CLAIM_STATUSES: Final = frozenset(
    {"1", "2", "3", "4", "5", "10", "13", "15", "16", "17", "19", "20", "21", "22", "23", "25", "27"}
)

# STC01-1, X12 code list 507: A1 receipt, A2 acceptance into adjudication; A0 forwarded, A5 split are no refusals.
ACCEPTING_CATEGORIES: Final = frozenset({"A0", "A1", "A2", "A5"})
REFUSING_CATEGORIES: Final = frozenset({"A3", "A4", "A6", "A7", "A8"})

# IK501 and AK901: accepted, accepted with errors, partly accepted; M, R, W and X are refusals.
ACCEPTING_ACKNOWLEDGMENTS: Final = frozenset({"A", "E", "P"})
REFUSING_ACKNOWLEDGMENTS: Final = frozenset({"M", "R", "W", "X"})

# The implementation guides, by a stretch of GS08 (or ST03): X222, X222A1 and X222A2 are one guide.
CLAIM_GUIDES: Final = {
    "X222": "837P",
    "X098": "837P",
    "X223": "837I",
    "X096": "837I",
    "X224": "837D",
    "X291": "837P",  # predeterminations
    "X292": "837I",
    "X293": "837D",
    "X097": "837D",
}
ACKNOWLEDGMENT_GUIDES: Final = ("X214", "X167")  # 277CA of 5010, and its 4010 ancestor; X212 answers a 276
