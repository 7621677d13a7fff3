"""What a claim payment says against itself, so that a person sees it."""

from __future__ import annotations

import pytest

from models.remittance_match import own_flags
from tests.support.builders import make_claim_payment


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({}, ()),
        ({"claims": 1}, ()),
        ({"claims": 2}, ("several-claims",)),
        ({"balanced": False, "claims": 3}, ("claim-payment-unbalanced", "several-claims")),
    ],
)
def test_amounts_that_do_not_add_up_and_several_claims_are_flags(
    changes: dict[str, object], flags: tuple[str, ...]
) -> None:
    assert own_flags(make_claim_payment(**changes)) == flags
