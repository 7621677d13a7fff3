"""Claim adjustment reason codes (CARC), split into denials and what is none.

Source of the numbers: X12 external code list 139, https://x12.org/codes/claim-adjustment-reason-codes. The words are
short labels of our own, for X12's texts are X12's. Which side a code stands on is our reading: a denial is a refusal
that the provider could have prevented, can correct, or can appeal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DENIALS_BY_CATEGORY: Final[Mapping[str, Mapping[str, str]]] = {
    "authorization": {
        "15": "authorization number missing or invalid",
        "39": "denied when authorization was asked for",
        "95": "plan's procedures not followed",
        "165": "referral absent or exceeded",
        "197": "authorization or notification absent",
        "198": "authorization exceeded",
        "210": "authorization not in time",
        "243": "not authorized by network or primary care provider",
        "284": "authorization does not cover the service billed",
        "287": "referral exceeded",
        "288": "referral absent",
        "296": "authorization is for another provider",
        "302": "service outside the authorization's dates",
    },
    "eligibility": {
        "13": "death before the service",
        "14": "birth after the service",
        "26": "before coverage began",
        "27": "after coverage ended",
        "31": "patient not known as insured",
        "32": "patient not an eligible dependent",
        "33": "no coverage of dependents",
        "34": "no coverage of newborns",
        "140": "identifier and name do not agree",
        "166": "after the payer's responsibility ended",
        "177": "eligibility requirements not met",
        "178": "spend-down not met",
        "179": "waiting requirement not met",
        "180": "residency requirement not met",
        "200": "during a lapse of coverage",
        "238": "spans covered and uncovered dates",
        "239": "spans covered and uncovered dates, bill apart",
        "258": "patient in custody",
    },
    "timely-filing": {
        "29": "filing limit passed",
        "110": "billed before the service",
        "138": "appeal procedures or limits not kept",
        "B4": "late filing penalty",
    },
    "duplicate": {
        "18": "exact duplicate",
        "B13": "paid before",
        "B14": "one visit a day",
        "B20": "done by another provider",
    },
    "coordination": {
        "19": "work-related, another payer's",
        "20": "liability carrier's",
        "21": "no-fault carrier's",
        "22": "another payer comes first",
        "24": "under a capitation or managed care plan",
        "109": "not this payer's claim",
        "129": "prior processing information wrong",
        "136": "earlier payer's rules not followed",
        "191": "not work-related",
        "275": "earlier payer's patient share not covered",
        "276": "denied by the earlier payer, not covered here",
        "B9": "patient in hospice",
        "B11": "sent on to the proper payer",
    },
    "coding": {
        "4": "modifier missing or inconsistent with procedure",
        "5": "place of service inconsistent with procedure",
        "6": "procedure inconsistent with age",
        "7": "procedure inconsistent with sex",
        "9": "diagnosis inconsistent with age",
        "10": "diagnosis inconsistent with sex",
        "11": "diagnosis inconsistent with procedure",
        "107": "related claim not identified",
        "146": "diagnosis invalid on the date",
        "181": "procedure invalid on the date",
        "182": "modifier invalid on the date",
        "189": "unlisted code where a specific one exists",
        "199": "revenue and procedure code do not agree",
        "A8": "cannot be grouped",
        "B16": "patient is not new",
    },
    "bundling": {
        "97": "included in another service",
        "231": "mutually exclusive procedures",
        "234": "not paid separately",
        "236": "procedure or modifier not compatible with another",
        "B15": "qualifying service missing",
    },
    "information": {
        "16": "lacks information or has a billing error",
        "112": "not documented as furnished",
        "148": "another provider's information missing",
        "163": "attachment not received",
        "164": "attachment not in time",
        "175": "prescription incomplete",
        "176": "prescription not current",
        "206": "NPI missing",
        "207": "NPI invalid",
        "208": "NPI not matched",
        "226": "information asked of the provider missing or late",
        "227": "information asked of the patient missing or late",
        "250": "attachment is another than expected",
        "251": "attachment incomplete",
        "252": "attachment required",
        "A1": "denied, see remarks",
        "B12": "not documented in the record",
    },
    "medical-necessity": {
        "40": "not urgent",
        "50": "not medically necessary",
        "54": "several physicians not covered",
        "55": "experimental",
        "56": "not proven effective",
        "58": "inappropriate place of service",
        "150": "level of service not supported",
        "151": "frequency of service not supported",
        "152": "length of service not supported",
        "153": "dosage not supported",
        "154": "days' supply not supported",
        "B8": "alternatives were available",
    },
    "non-covered": {
        "49": "routine service",
        "51": "pre-existing condition",
        "53": "by a relative or household member",
        "60": "outpatient service near an admission",
        "96": "not covered",
        "108": "rent or purchase rules not met",
        "111": "needs acceptance of assignment",
        "114": "not approved by the FDA",
        "116": "advance notice missing",
        "117": "transport beyond the closest facility",
        "167": "diagnosis not covered",
        "168": "belongs to a dental or vision plan",
        "188": "use not approved by the FDA",
        "204": "not covered by the patient's plan",
        "256": "not payable under the managed care contract",
        "269": "anaesthesia not covered",
        "272": "coverage guidelines not met",
        "B1": "visit not covered",
    },
    "benefit-limit": {
        "35": "lifetime maximum reached",
        "119": "maximum for the period reached",
        "149": "lifetime maximum of the service reached",
        "273": "coverage guidelines exceeded",
    },
    "provider-enrolment": {
        "8": "provider type inconsistent with procedure",
        "12": "diagnosis inconsistent with provider type",
        "147": "contracted rate expired or absent",
        "170": "not payable to this type of provider",
        "171": "not payable to this provider in this facility",
        "172": "not payable to this specialty",
        "183": "referring provider not eligible",
        "184": "prescribing provider not eligible",
        "185": "rendering provider not eligible",
        "242": "not by a network or primary care provider",
        "279": "not by the preferred provider",
        "283": "attending provider not eligible",
        "299": "billing provider not eligible",
        "B7": "provider not certified on the date",
        "B23": "laboratory certificate missing",
    },
}

NO_DENIALS_BY_CATEGORY: Final[Mapping[str, Mapping[str, str]]] = {
    "patient share": {
        "1": "deductible",
        "2": "coinsurance",
        "3": "copayment",
        "66": "blood deductible",
        "187": "consumer spending account",
        "241": "low-income copayment",
    },
    "contract and law": {
        "44": "prompt-pay discount",
        "45": "above the fee schedule or contract",
        "59": "multiple-procedure rules",
        "70": "cost outlier",
        "74": "indirect medical education",
        "75": "direct medical education",
        "76": "disproportionate share",
        "90": "ingredient cost",
        "91": "dispensing fee",
        "94": "above the charge",
        "104": "managed care withholding",
        "105": "tax withholding",
        "122": "psychiatric reduction",
        "131": "negotiated discount",
        "132": "prearranged demonstration",
        "137": "regulatory surcharge or tax",
        "139": "contracted funding",
        "144": "incentive",
        "161": "provider performance bonus",
        "223": "other mandate of law",
        "237": "penalty set by law",
        "253": "sequestration",
    },
    "information only": {
        "23": "effect of an earlier payer",
        "85": "interest",
        "100": "paid to the patient",
        "101": "predetermination",
        "102": "major medical",
        "118": "end-stage renal disease network",
        "121": "outstanding member responsibility",
        "133": "pending further review",
        "169": "alternate benefit",
        "186": "level of care changed",
        "225": "interest penalty",
        "235": "sales tax",
        "246": "reporting only",
    },
}

DENIALS: Final[Mapping[str, str]] = {
    code: label for codes in DENIALS_BY_CATEGORY.values() for code, label in codes.items()
}
NO_DENIALS: Final[Mapping[str, str]] = {
    code: label for codes in NO_DENIALS_BY_CATEGORY.values() for code, label in codes.items()
}
_CATEGORIES: Final[Mapping[str, str]] = {
    code: category for category, codes in DENIALS_BY_CATEGORY.items() for code in codes
}
OTHER: Final = "other"
CATEGORIES: Final = (*DENIALS_BY_CATEGORY, OTHER)
"""What a denial is about, and so who works on it; the order is fixed."""


def category_of(carc: str) -> str:
    """The category of a denial code; ``other`` for a code that stands in no table here.

    >>> category_of("197"), category_of("97"), category_of("X99")
    ('authorization', 'bundling', 'other')
    """
    return _CATEGORIES.get(carc, OTHER)
