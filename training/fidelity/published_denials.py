"""Published figures of denials: how many, how payers differ, and why."""

from __future__ import annotations

from training.fidelity import reason_mix as mix
from training.fidelity import sources as s
from training.fidelity.figures import Published, Section, one

DENIALS = Section(
    "denials",
    "How many claims are denied",
    "Original claims whose first decision refuses them or a part of them. A claim that is only reduced, or that falls "
    "to the deductible, is no denial; nor is one refused before adjudication.",
    (
        Published(
            "denial.overall", "All claims", "share", 0.111, 0.20, "several",
            "11.1 % (hospitals, 2020), 11.8 % (hospitals, 2024), 15 % (private payers, 2022), 17 % (Medicare "
            "Advantage, 2019), 20 % (exchange plans, 2023)",
            "Five populations, none of which is this network's mix of payers; Kodiak's share is of the claims' value, "
            "and its and Premier's providers are hospitals and health systems.",
            (s.CHANGE_2020, s.KODIAK, s.PREMIER, s.VABSON, s.KFF_2023),
        ),
        Published(
            "denial.advantage", "Medicare Advantage", "share", 0.157, 0.17, "several",
            "15.7 % (Premier, claims of 2022), 17 % (Health Affairs, claims of 2019)",
            "Premier's members are hospitals; the claims of the other come from plans that cover 30 % of the market.",
            (s.PREMIER_KINDS, s.VABSON),
        ),
        one("denial.advantage.outpatient", "Medicare Advantage, outpatient", 0.211,
            "Outpatient there is by the plans' files, here any institutional claim that is no hospital stay.",
            s.VABSON_SETTINGS),
        one("denial.advantage.inpatient", "Medicare Advantage, inpatient", 0.173,
            "Here institutional claims with the facility code of a hospital stay.", s.VABSON_SETTINGS),
        one("denial.advantage.professional", "Medicare Advantage, professional", 0.146,
            "Physicians' claims there, every 837P here.", s.VABSON_SETTINGS),
        one("denial.medicare.professional", "Medicare, professional", 0.073,
            "Physicians' visits of 2013 to 2015 with at least one service denied at first.", s.DUNN),
        one("denial.medicaid.professional", "Medicaid, professional", 0.25,
            "The same visits; Medicaid there includes managed care, here it is the state's own plans only.", s.DUNN),
        one("denial.medicaid-over-medicare", "Medicaid above Medicare, professional", 0.178,
            "Fee-for-service plans, adjusted for patient and physician; here the plain difference.", s.GOTTLIEB,
            unit="points"),
        Published(
            "denial.hmo", "Medicaid managed care and exchange plans", "share", 0.167, 0.19, "several",
            "16.7 % (Medicaid health plans, Premier), 19 % (exchange plans in network, KFF)",
            "Both kinds of plan file as HM, so that the files do not tell them apart.",
            (s.PREMIER_KINDS, s.KFF_2023),
        ),
        Published(
            "denial.commercial", "Commercial plans", "share", 0.048, 0.15, "several",
            "4.8 % (physicians, 2013 to 2015), 15 % (hospitals, 2022)",
            "The two ends are different providers a decade apart; a wide range that says little.",
            (s.DUNN, s.PREMIER),
        ),
    ),
)  # fmt: skip

SPREAD = Section(
    "spread",
    "How far payers differ",
    "Denial rates of the payers with at least 200 matured claims.",
    (
        Published(
            "payers.lowest", "The payer that denies least", "share", 0.01, 0.02, "several",
            "1 % (2023), 2 % (2021)",
            "The lowest of well over a hundred issuers; the lowest of forty payers will lie higher.",
            (s.KFF_2023, s.KFF_2021),
        ),
        Published(
            "payers.highest", "The payer that denies most", "share", 0.35, 0.54, "several",
            "35 % (highest of the large issuers, 2023), 49 % (2021) and 54 % (2023) of any issuer",
            "Exchange plans in network only.",
            (s.KFF_2023_RELEASE, s.KFF_2021, s.KFF_2023),
        ),
    ),
)  # fmt: skip

_HOSPITALS = "Hospitals' denials; which reason codes make up a category is not published and is our reading."
REASONS = Section(
    "reasons",
    "Why claims are denied",
    "Each denied claim counts once, with the first reason code of its first decision, in the categories of the denials "
    "index.",
    (
        Published(
            f"reason.{mix.REGISTRATION}", "Registration or eligibility", "share", 0.239, 0.266, "several",
            "23.9 % (2016), 26.6 % (2020)", _HOSPITALS + " Coordination of benefits is counted here.",
            (s.CHANGE_2017, s.CHANGE_2020),
        ),
        Published(
            f"reason.{mix.DATA}", "Missing or invalid data", "share", 0.146, 0.172, "several",
            "14.6 % (2016), 17.2 % (2020)", _HOSPITALS, (s.CHANGE_2017, s.CHANGE_2020),
        ),
        Published(
            f"reason.{mix.AUTHORIZATION}", "Authorization", "share", 0.09, 0.124, "several",
            "9 % with referrals (exchange plans, 2023), 11.6 % (2020), 12.4 % (2016)", _HOSPITALS,
            (s.KFF_2023, s.CHANGE_2020, s.CHANGE_2017),
        ),
        Published(
            f"reason.{mix.COVERAGE}", "Service not covered", "share", 0.106, 0.16, "several",
            "10.6 % (2020), 16 % (excluded services, exchange plans, 2023)", _HOSPITALS, (s.CHANGE_2020, s.KFF_2023),
        ),
        one(f"reason.{mix.DOCUMENTS}", "Documentation requested", 0.092, _HOSPITALS, s.CHANGE_2020),
        Published(
            f"reason.{mix.NECESSITY}", "Medical necessity", "share", 0.06, 0.066, "several",
            "6 % (exchange plans, 2023), 6.6 % (2020)", _HOSPITALS, (s.KFF_2023, s.CHANGE_2020),
        ),
        one(f"reason.{mix.TIMELINESS}", "Untimely filing", 0.054, _HOSPITALS, s.CHANGE_2020),
        one(f"reason.{mix.CODING}", "Coding", 0.048, _HOSPITALS, s.CHANGE_2020),
        one(f"reason.{mix.PROVIDER}", "Provider eligibility", 0.009, _HOSPITALS, s.CHANGE_2020),
        one(f"reason.{mix.OTHER}", "Duplicates and all else", 0.064,
            "The index calls this part unknown and has no line for duplicates.", s.CHANGE_2020),
    ),
)  # fmt: skip
