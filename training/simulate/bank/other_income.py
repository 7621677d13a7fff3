"""Deposits that no remittance explains: patients who pay, card settlements, grants, interest."""

from __future__ import annotations

from training.simulate.bank.lines import Deposit, company
from training.simulate.draws import Draws, running

# (type, name, entry description, lowest and highest cents, weight); chosen
SOURCES: tuple[tuple[str, str, str, int, int, float], ...] = (
    ("ach", "MERCHANT CARD SETTLEMENT", "DEPOSIT", 2_500, 240_000, 0.35),
    ("check", "REMOTE DEPOSIT", "", 1_000, 45_000, 0.35),
    ("ach", "STATE TREASURER", "VENDOR PAY", 50_000, 2_500_000, 0.1),
    ("ach", "CREEKSIDE PROPERTY MGMT", "RENT", 80_000, 420_000, 0.1),
    ("ach", "INTEREST CREDIT", "", 50, 9_000, 0.1),
)
# The fifteen digits that the network itself gives every entry stand where TRN02 is looked for; how often is chosen.
NETWORK_TRACE = 0.4

_SUMS = running(source[-1] for source in SOURCES)


def other_deposit(draws: Draws, account: str) -> Deposit:
    """One that holds no payment of a remittance; its check numbers are those of patients' checkbooks."""
    kind, name, title, low, high, _ = draws.weighted(SOURCES, _SUMS)
    deposit = Deposit(kind, account, draws.between(low, high))
    if kind == "check":
        deposit.company, deposit.check_number = name, draws.digits(draws.pick((3, 4)))
        return deposit
    deposit.company = company(name, title, account).strip()
    if title:
        deposit.company_id = f"1{draws.digits(9)}"
        deposit.trace = draws.digits(15) if draws.chance(NETWORK_TRACE) else ""
    return deposit
