"""Every rate that the simulated network is drawn from, with where it comes from beside it.

"chosen" means that no public figure was found, and that the value makes the data hard enough to be worth
something; the measured difficulty is what counts, and the tests keep it.
"""

from __future__ import annotations

# --- Claims -----------------------------------------------------------------------------------------------
YEARS = 3
LAST_DAY = "2025-12-31"
CLAIMS_A_PATIENT = 4.5  # over three years; chosen
SIBLING_VISIT = (
    0.085  # visits with a second claim of the same member, day and amount; gives about 14 % of claims
)
SIBLING_KINDS = {
    "repeat": 0.45,
    "same-day-series": 0.20,
    "facility-and-professional": 0.20,
    "twins": 0.15,
}  # chosen
TWIN_FAMILIES = 0.03  # twins are about 3 % of births (CDC NVSS)
SERIES_VISIT = 0.5  # therapy and infusion visits that are one of a weekly series; chosen
NEW_PLAN_EACH_JANUARY = 0.18  # members that change plan at open enrolment; chosen
OLD_PLAN_BILLED = 0.22  # visits in the 90 days after a change that are billed to the old plan; chosen
MEDICAID_GAP = 0.03  # claims of Medicaid members in a gap of coverage (churn, ASPE 2021 reports 8 % a year)
SUPPLEMENT = 0.35  # Medicare members with a supplement that Medicare crosses claims over to (MedPAC: ~40 %)
OTHER_COVERAGE = 0.04  # members with another plan that pays first and is not on file; chosen
LATE_FACILITY_TAIL = 0.035  # claims sent months late; chosen
RESUBMITTED = 0.45  # denied claims sent again with frequency 7; chosen
OVERTURNED = 0.06  # denials that the payer reverses without a new claim; chosen

# --- Adjudication -----------------------------------------------------------------------------------------
# Overall 12-15 %, payers 3-35 %: CMS transparency files of exchange plans report 1-50 % a plan, 17-19 % overall.
DAYS_TO_ANSWER = (5, 60)
PATIENT_FRAILTY = 0.55  # sigma of the patient's lognormal factor on the unseen part; chosen
CLAIM_NOISE = 0.5  # sigma of the claim's own, seen in no file; chosen
AUTHORIZATION_OBTAINED = 0.86  # visits that need one and have one
AUTHORIZATION_LAG_DAYS = 90  # after a policy starts, intake does not know it yet
AUTHORIZATION_OBTAINED_EARLY = 0.4
DENIED_WITHOUT_AUTHORIZATION = 0.72
DENIED_WITH_AUTHORIZATION = 0.03  # wrong service or dates authorised
DENIED_NOT_NECESSARY = 0.5
DENIED_TIMELY_FILING = 0.9
DENIED_NOT_ELIGIBLE = 0.93
DENIED_OTHER_COVERAGE = 0.55
WRONG_DIAGNOSIS = 0.02  # coding errors: a diagnosis that does not fit the procedure
DENIED_WRONG_DIAGNOSIS = 0.5
RENDERING_MISSING = 0.015
REFERRAL_MISSING = 0.12  # of the claims that need one
MEMBER_ID_WRONG = 0.015
DENIED_MISSING_DATA = 0.5
MODIFIER_25_MISSING = 0.3
DENIED_BUNDLED = 0.5
DENIED_DUPLICATE = 0.22
UNSEEN_REASONS = {
    "27": 0.22,
    "16": 0.22,
    "197": 0.10,
    "50": 0.14,
    "96": 0.16,
    "31": 0.05,
    "22": 0.06,
    "252": 0.05,
}
PARTIAL_DENIAL = 0.45  # of the denied claims with several lines, only some lines are
TO_DEDUCTIBLE_JANUARY = 0.35  # of commercial claims wholly to the deductible (PR 1), falling over the year

# --- Remittances ------------------------------------------------------------------------------------------
PAY_DAYS_A_WEEK = (1, 3)
FOREIGN = 0.08  # claim payments for claims of another system; matching.md
FOREIGN_OF_OUR_PATIENTS = 0.5
REVERSAL = 0.015  # paid claims taken back and paid anew; chosen
SPLIT = 0.015  # claims paid over two CLPs; chosen
PAID_TWICE = 0.003  # chosen
SENT_TWICE = 0.006  # remittance files delivered again; chosen
UNBALANCED = (
    0.003  # payers' own errors: 7 of 38 public 835 samples have one (x12-facts.md), far rarer in volume
)
INTEREST = 0.01  # payments with PLB interest (L6); chosen

# Share of the payers that have a quirk at all, and the range of a having payer's own rate. Kinds: matching.md.
QUIRKS: dict[str, tuple[float, tuple[float, float]]] = {
    "control-padded": (0.12, (0.9, 1.0)),
    "control-cut": (0.20, (1.0, 1.0)),  # X12 RFI 525: a receiver need keep only 20 characters of CLM01
    "control-case": (0.25, (0.6, 1.0)),
    "control-prefixed": (0.10, (0.5, 1.0)),
    "control-transposed": (0.30, (0.002, 0.02)),
    "control-sibling": (0.50, (0.005, 0.05)),  # X12 RFI 504: payers fail to echo CLM01
    "control-account": (0.30, (0.01, 0.2)),
    "control-zero": (0.35, (0.005, 0.06)),  # X12 RFI 535
    "name-ocr": (0.30, (0.01, 0.06)),
    "name-cut": (0.30, (0.8, 1.0)),
    "name-nickname": (0.25, (0.01, 0.08)),
    "name-swapped": (0.20, (0.005, 0.04)),
    "member-suffix": (0.35, (0.6, 1.0)),
    "date-off": (0.30, (0.005, 0.03)),
    "date-range": (0.20, (0.2, 1.0)),
    "modifiers-dropped": (0.30, (0.2, 1.0)),
    "procedure-changed": (0.40, (0.01, 0.05)),
    "lines-merged": (0.15, (0.1, 0.6)),
    "no-line-control": (0.35, (0.9, 1.0)),
}

# --- Ledger -----------------------------------------------------------------------------------------------
CLERK_ERROR = 0.005  # half posted to a sibling or neighbour, half left without a claim; chosen
