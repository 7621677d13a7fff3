"""How each payer sends its remittances and its money: habits that last, dealt by a hash of payer id and seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.simulate.batches import Batch
from training.simulate.draws import Draws
from training.simulate.payers import Payer
from training.simulate.workdays import working_day_after

# Shares of the payers, dealt exactly, so that seeds are as hard as each other; all chosen. Paper comes from small
# payers: governments and large ones send 835s. 12 % of 40 payers are 5, with about 8 % of the claims.
PAPER = 0.12
PAPER_BELOW = 0.03  # a payer's share of the claims, from which on it sends 835s
ELECTRONIC_KINDS = ("medicare", "medicaid", "military")
STUBS_ONLY = 0.3  # of those: their checks come with a bare stub, and no explanation of benefits
OWN_NUMBER = 0.3  # of those with an explanation: it shows the payer's claim number and not the provider's
CHECKS_BESIDE_835 = 0.12  # of the payers that send 835s: they pay by check (BPR04 is CHK)
COMBINES = 0.2  # of the payers that pay by transfer: several payments are one transfer now and then
VENDOR = 0.08  # of the same: the money comes from a payment vendor, under the vendor's name
UNTITLED = 0.15  # of the same: the entry's description is not HCCLAIMPMT, against Nacha's rule
MAILED_DAYS = (2, 6)  # working days from the pay day until the envelope is opened, as checks take; chosen
TYPED_DAYS = (0, 3)  # working days from there until a clerk types it; chosen
HABITS = ("paper", "stubs", "own number", "check", "combines", "vendor", "untitled")
VENDORS = ("CLARION PAYMENT NETWORK", "HEALTHREMIT SERVICES", "PAYBRIDGE SETTLEMENT")


@dataclass(frozen=True, slots=True)
class Channel:
    """One payer's habits; as they stand here, those of a payer that does everything by the book."""

    paper: bool = False
    stubs_only: bool = False
    own_number: bool = False
    check: bool = False
    combines: bool = False
    vendor: tuple[str, str] | None = None  # name and company id in place of the payer's
    title: str = "HCCLAIMPMT"


class Channels:
    """The channels of a seed's payers. Any other payer, as a supplement, sends 835s and pays by transfer."""

    def __init__(self, seed: int, payers: Sequence[Payer]) -> None:
        ranks = {payer.payer_id: _ranks(Draws(seed, f"channel {payer.payer_id}")) for payer in payers}

        def dealt(habit: str, among: Sequence[Payer], count: float) -> list[Payer]:
            """So many of the payers, rounded: those whose ranks for the habit are lowest."""
            return sorted(among, key=lambda payer: ranks[payer.payer_id][habit])[: round(count)]

        paper = dealt("paper", [payer for payer in payers if _may_send_paper(payer)], PAPER * len(payers))
        stubs = dealt("stubs", paper, STUBS_ONLY * len(paper))
        explained = [payer for payer in paper if payer not in stubs]
        own = dealt("own number", explained, OWN_NUMBER * len(explained))
        electronic = [payer for payer in payers if payer not in paper]
        checks = dealt("check", electronic, CHECKS_BESIDE_835 * len(electronic))
        transfers = [payer for payer in electronic if payer not in checks]
        combines = dealt("combines", transfers, COMBINES * len(transfers))
        vendors = dealt("vendor", transfers, VENDOR * len(transfers))
        untitled = dealt("untitled", transfers, UNTITLED * len(transfers))
        self._known = {
            payer.payer_id: Channel(
                paper=payer in paper,
                stubs_only=payer in stubs,
                own_number=payer in own,
                check=payer in paper or payer in checks,
                combines=payer in combines,
                vendor=_vendor(Draws(seed, f"vendor of {payer.payer_id}")) if payer in vendors else None,
                title="PAYMENT" if payer in untitled else "HCCLAIMPMT",
            )
            for payer in payers
        }

    def of(self, payer: Payer) -> Channel:
        """The habits of the payer."""
        return self._known.get(payer.payer_id, BY_THE_BOOK)

    def is_paper(self, payer: Payer) -> bool:
        """Whether the payer's remittances come on paper, and so stand in no 835 file."""
        return self.of(payer).paper

    def pays_by_check(self, payer: Payer) -> bool:
        """Whether the payer mails checks: all that send paper do, and a few of those that send 835s."""
        return self.of(payer).check

    def known(self, payer: Payer, paid: date) -> date:
        """When anyone at the provider can act on a remittance: the day it is paid, or when all paper is typed."""
        return working_day_after(paid, MAILED_DAYS[1] + TYPED_DAYS[1]) if self.is_paper(payer) else paid


BY_THE_BOOK = Channel()


def check_number(batch: Batch) -> str:
    """The number of a batch's check, as the bank's scanner reads it: the digits of TRN02."""
    return "".join(filter(str.isdigit, batch.trace_number)).lstrip("0")


def _may_send_paper(payer: Payer) -> bool:
    return payer.kind not in ELECTRONIC_KINDS and payer.weight < PAPER_BELOW


def _ranks(draws: Draws) -> dict[str, float]:
    """What a payer's id and the seed say of it: its place in the queue for each habit."""
    return {habit: draws.random() for habit in HABITS}


def _vendor(draws: Draws) -> tuple[str, str]:
    return draws.pick(VENDORS), f"9{draws.digits(9)}"
