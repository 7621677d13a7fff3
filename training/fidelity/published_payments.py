"""Published figures of what follows a claim: what becomes of a denial, and how long payers take."""

from __future__ import annotations

from training.fidelity import sources as s
from training.fidelity.figures import Published, Section

MISPOSTED = 0.005  # of paid claims, those that may seem to be answered by a payment of another

LATER = Section(
    "later",
    "What becomes of a denial",
    "Denials followed for at least 180 days. Paid after all: a later decision, on the claim or on a replacement that "
    "names it, pays more than the first did.",
    (
        Published(
            "later.paid", "Denied claims paid after all", "share", 0.527, 0.70, "several",
            "54 % (private payers, 2022; 52.7 % in Medicare Advantage), 57 % (Medicare Advantage, 2019), about 70 % "
            "(the survey of the next year)",
            "Premier's are estimates of hospitals that answered; the others are counted in plans' files.",
            (s.PREMIER, s.PREMIER_KINDS, s.VABSON, s.PREMIER_2025),
        ),
        Published(
            "later.paid.advantage", "The same, Medicare Advantage", "share", 0.527, 0.57, "several",
            "52.7 % (2022), 57 % (2019)", "As above.", (s.PREMIER_KINDS, s.VABSON),
        ),
        Published(
            "later.appeal-won", "Appeals that are won", "share", 0.44, 0.75, "several",
            "44 % (exchange plans, 2023), 75 % (Medicare Advantage, 2014 to 2016)",
            "Members' appeals among them, very few for the number of denials. Here those on the provider's work list.",
            (s.KFF_2023, s.OIG_2018),
        ),
        Published(
            "later.again-paid", "Replacements that are paid", "share", 0.44, 0.75, "several",
            "as of appeals",
            "Appeals there, claims sent again with frequency 7 here: nothing was found on these alone.",
            (s.KFF_2023, s.OIG_2018),
        ),
        Published(
            "later.fought", "Denials fought, by either way, that are paid", "share", 0.44, 0.75, "several",
            "44 % and 75 % of appeals, 54 % and 57 % of all denials (private payers, 2022; Medicare Advantage, 2019)",
            "Appealed by the provider's work list or sent again; publications count one or the other, or do not say.",
            (s.KFF_2023, s.PREMIER, s.VABSON, s.OIG_2018),
        ),
        Published(
            "later.days", "Days from denial to payment, median", "days", 45, 180, "several",
            "three rounds on average, each of 45 to 60 days",
            "Rounds that hospitals report; from one quick round to three slow ones.",
            (s.PREMIER,),
        ),
    ),
)  # fmt: skip

DAYS = Section(
    "days",
    "How long payers take",
    "Days from the date on which the claim was submitted to the payment date of its first decision.",
    (
        Published(
            "days.15", "Answered within 15 days", "share", 0.634, 0.953, "several",
            "63.4 % to 95.3 %, by insurer (seven insurers and Medicare)",
            "Physicians' claims of 2012, from the day on which the payer says that it received the claim.",
            (s.AMA_2012,),
        ),
        Published(
            "days.30", "Answered within 30 days", "share", 0.958, 0.996, "several",
            "95.8 % to 99.6 %, by insurer", "As above.", (s.AMA_2012,),
        ),
        Published(
            "days.advantage", "Medicare Advantage, paid within 30 days", "share", 0.95, 1.0, "rule",
            "95 % of clean claims at least",
            "A duty for providers without a contract; contracts set their own terms. Clean: not denied here.",
            (s.PROMPT_PAY_ADVANTAGE,),
        ),
        Published(
            "days.medicaid", "Medicaid, paid within 30 days", "share", 0.90, 1.0, "rule",
            "90 % of clean claims at least", "A duty of states towards practitioners. Clean: not denied here.",
            (s.PROMPT_PAY_MEDICAID,),
        ),
        Published(
            "days.floor", "Medicare, paid before the 14th day", "share", 0.0, MISPOSTED, "rule",
            "none: an electronic claim is paid on the 14th day at the earliest",
            "The floor counts from receipt. One in 200 is let pass, for a payment that a clerk posted to another claim "
            "seems early.",
            (s.PAYMENT_FLOOR,),
        ),
    ),
)  # fmt: skip
