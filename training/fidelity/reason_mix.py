"""Adjustment reason codes in the categories that the denials index of Change Healthcare publishes.

The index does not say which codes make up a category, so the assignment is ours. Coordination of benefits counts as
registration and eligibility: intake did not learn of the other plan. Duplicates have no line in the index.
"""

from __future__ import annotations

from collections.abc import Mapping

from features.denial_codes import category_of

REGISTRATION = "registration or eligibility"
DATA = "missing or invalid data"
AUTHORIZATION = "authorization"
COVERAGE = "service not covered"
DOCUMENTS = "documentation requested"
NECESSITY = "medical necessity"
TIMELINESS = "untimely filing"
CODING = "coding"
PROVIDER = "provider eligibility"
OTHER = "duplicates and all else"
CATEGORIES = (
    REGISTRATION, DATA, AUTHORIZATION, COVERAGE, DOCUMENTS, NECESSITY, TIMELINESS, CODING, PROVIDER, OTHER,
)  # fmt: skip

BY_CATEGORY: Mapping[str, str] = {
    "authorization": AUTHORIZATION,
    "eligibility": REGISTRATION,
    "coordination": REGISTRATION,
    "timely-filing": TIMELINESS,
    "coding": CODING,
    "bundling": CODING,
    "information": DATA,
    "medical-necessity": NECESSITY,
    "non-covered": COVERAGE,
    "benefit-limit": COVERAGE,
    "provider-enrolment": PROVIDER,
}
# Of the codes about information, those that ask for records or attachments rather than for data on the claim.
ASK_FOR_DOCUMENTS = frozenset({"112", "163", "164", "226", "227", "250", "251", "252", "B12"})


def category(reason: str) -> str:
    """The category of a denial, given as group and code.

    >>> category("CO-197"), category("CO-252"), category("OA-18")
    ('authorization', 'documentation requested', 'duplicates and all else')
    """
    code = reason.partition("-")[2]
    if code in ASK_FOR_DOCUMENTS:
        return DOCUMENTS
    return BY_CATEGORY.get(category_of(code), OTHER)
