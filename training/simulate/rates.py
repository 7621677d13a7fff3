"""Every rate that the simulated network is drawn from, with where it comes from beside it.

"chosen" means that no public figure was found, and that the value makes the data hard enough to be worth
something. What comes of the rates together (how many are denied, how many have siblings) is held by the tests.
"""

from __future__ import annotations

from datetime import date

# --- Claims -----------------------------------------------------------------------------------------------
FIRST_DAY = date(2023, 1, 1)
DAYS = 1096  # three years
FEWEST_DAYS = 90
CLAIMS_A_PATIENT = 4.5  # over three years; chosen
SENIOR_HOUSEHOLDS = 0.63  # of one member each; chosen to give Medicare and MA about a third of the claims
# Visits with a second claim of the same member, day and amount. It gives about 15 % of the claims; matching.md
# had 12.4 %.
SIBLING_VISIT = 0.11
SIBLING_KINDS = {"repeat": 0.6, "facility-and-professional": 0.25, "twins": 0.15}  # chosen
TWIN_FAMILIES = 0.03  # 3 % of births (CDC, National Vital Statistics)
SERIES_VISIT = 0.5  # therapy and infusion visits that are one of a series; chosen
NEW_PLAN_EACH_JANUARY = 0.18  # members that change plan at open enrolment; chosen
OLD_PLAN_BILLED = 0.08  # visits in the 90 days after a change that are billed to the old plan; chosen
JOIN_NEW_PAYER = 0.3  # of commercial and exchange families, where a scenario has a new payer; chosen
MEDICAID_GAP = 0.015  # claims of Medicaid members in a gap of coverage; chosen
SUPPLEMENT = 0.35  # Medicare members with a supplement that their claims cross over to (about 40 %, MedPAC)
OTHER_COVERAGE = {
    "under 62": 0.015,
    "62 and over": 0.6,
}  # members of employers' plans whose other plan pays first
WORKING_SENIORS = 0.08  # senior households with an employer's or exchange plan; chosen
LATE_SUBMISSION = 0.03  # claims sent months late; chosen

# --- Adjudication -----------------------------------------------------------------------------------------
# Overall 13-15 %, most payers 3-40 %: exchange plans report 17-19 % overall and 1-50 % a plan (CMS transparency in
# coverage files); Medicare Advantage reports less.
DAYS_TO_ANSWER = (5, 60)
# A payer's usual days: two thirds of claims are answered within 15 days, nearly all within 30 (prompt-pay reports).
USUAL_DAYS_TO_ANSWER = (5, 13)
PENDED = 0.015  # claims that a payer sets aside, for records or for coverage, and answers weeks later; chosen
DAYS_PENDED = (12, 45)
MEDICARE_FLOOR = 14  # days before which Medicare may not pay an electronic claim (42 CFR 424, payment floor)
AUTHORIZATION_OBTAINED = 0.72  # visits that need one and have one; chosen
AUTHORIZATION_LAG_DAYS = 90  # after a policy starts, intake does not know it yet; chosen
AUTHORIZATION_OBTAINED_EARLY = 0.3  # chosen
DENIED_WITHOUT_AUTHORIZATION = 0.5  # chosen, as are the other hazards
DENIED_WITH_AUTHORIZATION = 0.03  # another service or other dates were authorised
# Two kinds of pairs of procedure and diagnosis (services.py): those that most payers doubt, and the others.
DOUBTED_BY_MOST = 0.8
DOUBTED_BY_FEW = 0.05
DENIED_NOT_NECESSARY = 0.28
DENIED_TIMELY_FILING = 0.6
DENIED_NOT_ELIGIBLE = 0.6
DENIED_OTHER_COVERAGE = 0.45
WRONG_DIAGNOSIS = 0.015  # coding errors: a diagnosis that does not fit the procedure
DENIED_WRONG_DIAGNOSIS = 0.35
RENDERING_MISSING = 0.015
REFERRAL_MISSING = 0.2  # of the claims that need one
MEMBER_ID_WRONG = 0.015
DENIED_MISSING_DATA = 0.45
MODIFIER_25_MISSING = 0.35
DENIED_BUNDLED = 0.28
DENIED_DUPLICATE = 0.16
# The part of denials that no rule explains, as factors on a payer's base; chosen. Claims outside these have 1.
SPECIALTY_FACTORS = {"family": 0.5, "internal": 0.6, "laboratory": 0.9, "therapy": 1.1, "behavioral": 1.6,
                     "equipment": 3.5, "oncology": 2.0, "radiology": 1.4, "chiropractic": 2.2,
                     "pulmonary": 1.8}  # fmt: skip
NEW_PATIENT_FACTOR = 1.8
PATIENT_FRAILTY = 0.35  # sigma of the patient's lognormal factor on the unseen part
BASE_SPREAD = 1.4  # sigma of a payer's lognormal factor on the unseen part
SPECIALTY_SPREAD = 0.4  # sigma of a payer's factor a specialty
CLAIM_NOISE = 0.35  # sigma of the claim's own factor, seen in no file
# The mix of reasons is set so that eligibility is about a quarter of all denials, missing data about 15 % and
# authorization about 12 % (Change Healthcare denials index 2020: 26.6, 17.2 and 11.6 %).
UNSEEN_REASONS = {"16": 0.26, "197": 0.07, "50": 0.05, "96": 0.28, "22": 0.06, "252": 0.25, "B7": 0.02}
# Eligibility: a base, by kind of payer, and by month, as plans change in January.
LAPSED = 0.0125
LAPSED_BY_KIND = {"medicare": 0.4, "advantage": 0.6, "medicaid": 2.4, "managed": 2.6, "exchange": 2.2}
LAPSED_BY_MONTH = (3.2, 2.2, 1.3, 1.0, 0.8, 0.8, 0.8, 0.7, 0.7, 0.7, 0.7, 0.8)
PARTIAL_DENIAL = 0.6  # of the denials that rest on one line, those that leave the other lines paid; chosen
TO_DEDUCTIBLE_JANUARY = (
    0.35  # of commercial claims wholly to the deductible (PR 1), falling over the year; chosen
)

# --- Rejections and denials, and what is done about them --------------------------------------------------
# Clearing houses and payers turn away 1-4 % of claims before they decide them; chosen within that.
REJECTED = 0.012  # of claims without a fault that a front end can see
REJECTED_WRONG_MEMBER = 0.3  # of claims with a member number that is none
REJECTED_WITHOUT_RENDERING = 0.25
SENT_AGAIN = 0.93  # of rejected claims, within days; the others are forgotten
# 54 % of denials are paid in the end (Premier 2024), so most are worked.
DENIAL_WORK: dict[str, float] = {"corrected": 0.66, "appeal": 0.22, "write-off": 0.06, "none": 0.06}
DAYS_TO_WORK: dict[str, tuple[int, int]] = {
    "corrected": (4, 45), "appeal": (5, 60), "write-off": (30, 180), "none": (200, 200)}  # fmt: skip
MINUTES_TO_WORK: dict[str, float] = {"corrected": 18, "appeal": 45, "write-off": 6, "none": 0}  # chosen
COVERED_AFTER_ALL = 0.5  # of denials for no coverage, those where the desk finds the coverage; chosen
LARGE_CLAIM = 200_000  # cents
DAYS_TO_OVERTURN = (20, 75)  # from the appeal to the new payment; chosen
# About half of the denials that are fought are overturned (54 %: Premier 2024); by reason, chosen.
OVERTURNED_ON_APPEAL = {"197": 0.6, "50": 0.7, "16": 0.8, "97": 0.6, "B7": 0.65, "18": 0.4, "29": 0.3, "27": 0.45,
                        "22": 0.5, "11": 0.65, "96": 0.55, "252": 0.85, "31": 0.65}  # fmt: skip
LENIENCE_SPREAD = 0.5  # sigma of a payer's factor on those odds

# --- Remittances ------------------------------------------------------------------------------------------
PAY_DAYS_A_WEEK = (1, 2)  # chosen
PAID_IN_FULL = (
    0.1  # claims that are charged less than the payer allows; 3-22 % of public 835s' claims have no CAS
)
REMARKED = (
    0.08  # paid lines with a remark code that denies nothing (LQ); public 835s have one on 8-32 % of claims
)
FOREIGN = 0.08  # claim payments for claims of another system; matching.md
PAYMENTS_A_CLAIM = 1.16  # what resubmissions, reversals and second payers add, to set FOREIGN by
FOREIGN_OF_OUR_PATIENTS = 0.5  # chosen
REVERSAL = 0.015  # paid claims taken back; chosen
CORRECTED = 0.75  # reversals with a new payment beside them; chosen
TAKEN_BACK_SILENTLY = (
    0.4  # of the others, those taken out of a later payment (PLB WO) without a reversal; chosen
)
SPLIT = 0.015  # claims of several lines paid over two CLPs; chosen
PAID_TWICE = 0.003  # chosen
SENT_TWICE = 0.006  # remittance files delivered again; chosen
OWN_FILES = 0.2  # payers that send their remittances themselves; chosen
SHOWS_SUBSCRIBER = 0.4  # payers that name the subscriber beside a dependent; chosen
UNBALANCED = (
    0.003  # claim payments with a payer's own wrong sum (7 of 38 public files have one: x12-facts.md)
)
INTEREST = 0.01  # remittances with interest (PLB L6); chosen

# Each quirk of payers (matching.md): the share of payers that have it, and the range of such a payer's own rate.
QUIRKS: dict[str, tuple[float, tuple[float, float]]] = {
    "control-padded": (0.12, (0.9, 1.0)),
    "control-cut": (0.20, (1.0, 1.0)),  # X12 RFI 525: a receiver need keep only 20 characters of CLM01
    "control-case": (0.25, (0.6, 1.0)),
    "control-prefixed": (0.10, (0.5, 1.0)),
    "control-transposed": (0.30, (0.002, 0.02)),
    "control-sibling": (0.50, (0.02, 0.15)),  # X12 RFI 504: payers fail to echo CLM01
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
# After month-end corrections; half posted to a sibling, if there is one, the rest left without a claim. Chosen.
CLERK_ERROR = 0.002
