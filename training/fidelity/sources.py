"""Where published figures come from, and how far each was read.

"read" means that the publication's own page, or its abstract, was read for this table; "report" that a report on the
publication was, at the address given; "memory" that neither was found again. Figures are facts; the words are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reading = Literal["read", "report", "memory"]
READINGS: dict[Reading, str] = {
    "read": "read",
    "report": "read in a report on it",
    "memory": "from memory of the publication, not re-read",
}


@dataclass(frozen=True)
class Source:
    """A publication: what it is, when it came out, where it stands, and how far it was read."""

    title: str
    year: int
    url: str
    reading: Reading = "read"

    @property
    def how_read(self) -> str:
        """The reading in words."""
        return READINGS[self.reading]


KFF_2023 = Source(
    "KFF, Claims Denials and Appeals in ACA Marketplace Plans in 2023",
    2025,
    "https://www.kff.org/private-insurance/issue-brief/claims-denials-and-appeals-in-aca-marketplace-plans-in-2023/",
)
KFF_2023_RELEASE = Source(
    "KFF, HealthCare.gov Insurers Denied Nearly 1 in 5 In-Network Claims in 2023 (press release)",
    2025,
    "https://www.kff.org/affordable-care-act/press-release/healthcare-gov-insurers-denied-nearly-1-in-5-in-network-"
    "claims-in-2023-but-information-about-reasons-is-limited-in-public-data/",
)
KFF_2021 = Source(
    "KFF, Claims Denials and Appeals in ACA Marketplace Plans in 2021",
    2023,
    "https://www.kff.org/private-insurance/claims-denials-and-appeals-in-aca-marketplace-plans/",
)
KFF_PRIOR_AUTHORIZATION = Source(
    "KFF, Medicare Advantage prior authorization determinations in 2023",
    2025,
    "https://risehealth.org/insights-articles/kff-medicare-advantage-made-50m-prior-authorization-determinations-in-2023",
    "report",
)
VABSON = Source(
    "Vabson, Hicks, Chernew: Medicare Advantage Denies 17 Percent Of Initial Claims, Health Affairs 44(6) (abstract)",
    2025,
    "https://doi.org/10.1377/hlthaff.2024.01485",
)
VABSON_SETTINGS = Source(
    "Vabson, Hicks, Chernew, Health Affairs 44(6): denials by setting",
    2025,
    "https://www.beckerspayer.com/payer/17-of-medicare-advantage-claims-are-denied-57-are-overturned-study/",
    "report",
)
PREMIER = Source(
    "Premier, national survey of hospitals and health systems on claims of 2022",
    2024,
    "https://premierinc.com/newsroom/blog/trend-alert-private-payers-retain-profits-by-refusing-or-delaying-legitimate-"
    "medical-claims",
)
PREMIER_KINDS = Source(
    "Premier, the same survey by kind of payer",
    2024,
    "https://hcinnovationgroup.com/population-health-management/payers-providers/news/53099677/premier-survey-15-percent-"
    "of-claims-to-private-payers-are-initially-denied",
    "report",
)
PREMIER_2025 = Source(
    "Premier, letter on the next survey (press release of 4 April 2025)",
    2025,
    "https://pubt.io/view/195E3B65116CA03D168ED92CE96B93659B0541CA",
    "report",
)
CHANGE_2020 = Source(
    "Change Healthcare 2020 Revenue Cycle Denials Index",
    2020,
    "https://www.medicalbillersandcoders.com/blog/cause-of-denials-and-trends-analysis-by-mbc/",
    "report",
)
CHANGE_2017 = Source(
    "Change Healthcare Healthy Hospital Revenue Cycle Index 2017 (claims of 2016)",
    2017,
    "https://revenuecycleadvisor.com/node/4633",
    "report",
)
KODIAK = Source(
    "Kodiak Solutions, revenue cycle benchmarks for 2024 (HFMA)",
    2025,
    "https://www.hfma.org/?p=99103",
    "report",
)
DUNN = Source(
    "Dunn, Gottlieb, Shapiro, Sonnenstuhl, Tebaldi: A Denial a Day Keeps the Doctor Away (BFI finding)",
    2021,
    "https://bfi.uchicago.edu/insight/finding/a-denial-a-day-keeps-the-doctor-away/",
)
GOTTLIEB = Source(
    "Gottlieb, Shapiro, Dunn: The Complexity Of Billing And Paying For Physician Care, Health Affairs 37(4) (abstract)",
    2018,
    "https://vdocuments.us/the-practice-of-medicine-the-complexity-of-billing-2019-01-29-the-practice-of.html",
)
AMA_2012 = Source(
    "American Medical Association, National Health Insurer Report Card 2012, metric 2A",
    2012,
    "https://pl.scribd.com/doc/99035426/nhirc-report-card",
)
PAYMENT_FLOOR = Source(
    "National Government Services, Medicare Part B 101 Manual: payment floor standards",
    2024,
    "https://ngsmedicare.com/web/ngs/medicare-part-b-101-manual?selectedArticleId=623341",
)
PROMPT_PAY_ADVANTAGE = Source(
    "42 CFR 422.520(a), prompt payment by Medicare Advantage organizations",
    2020,
    "https://revassurance.com/reva-laws/42-cfr-%c2%a7-422-520-a/",
)
PROMPT_PAY_MEDICAID = Source(
    "42 CFR 447.45(d), timely claims payment, as CMS's prompt-payment guidance states its two standards",
    2009,
    "https://pdfslide.net/documents/appendix-prompt-payment-implementation-appendix-prompt-payment-implementation.html",
)
OIG_2018 = Source(
    "HHS-OIG, Medicare Advantage Appeal Outcomes and Audit Findings, OEI-09-16-00410",
    2018,
    "http://www.radadvocate.com/appallingly-high-medicare-advantage-appeal-overturn-rate-implies-improper-denial-practices/",
    "report",
)
OIG_2022 = Source(
    "HHS-OIG, Some Medicare Advantage Organization Denials of Prior Authorization Requests",
    2022,
    "https://authannie.com/in-the-news/oig-medicare-advantage-denials-beneficiary-access",
    "report",
)
OIG_2023 = Source(
    "HHS-OIG, High Rates of Prior Authorization Denials in Medicaid Managed Care",
    2023,
    "https://www.kff.org/policy-watch/new-oig-report-examines-prior-authorization-denials-in-medicaid-mcos/",
    "report",
)
EXPERIAN = Source(
    "Experian Health, State of Claims 2024",
    2024,
    "https://www.workcompacademy.com/2025/03/proposed-law-mandates-healthcare-insurance-denial-rate-reporting",
    "report",
)
NEVER_REWORKED = Source(
    "attributed to MGMA and to Change Healthcare by many; no primary publication was found",
    2020,
    "",
    "memory",
)
SAMPLES = Source(
    "Public sample files of open-licence repositories (features/x12 is tested on them)", 2026, "", "read"
)
