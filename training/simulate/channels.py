"""How each payer sends its remittances and its money: habits that last, drawn by payer and seed alone."""

from __future__ import annotations

from dataclasses import dataclass

from training.simulate.batches import Batch
from training.simulate.draws import Draws
from training.simulate.payers import Payer

# Paper comes from small payers: governments must send 835s, and large payers do. 17 % of those that may (28 of 40
# payers, 43 % of the claims) makes 12 % of all payers and 7 % of the payments; chosen.
PAPER = 0.17
PAPER_BELOW = 0.03  # a payer's share of the claims, above which it sends 835s; chosen
ELECTRONIC_KINDS = ("medicare", "medicaid", "military")
STUBS_ONLY = 0.3  # paper payers whose checks come with a bare stub, and no explanation of benefits; chosen
ICN_PRINTED = 0.25  # paper payers that print their own claim number and not the provider's; chosen
CHECKS_BESIDE_835 = 0.12  # payers that send an 835 and pay by check (BPR04 is CHK); chosen
COMBINES = 0.2  # payers that make one transfer of several payments now and then; chosen
VENDOR = 0.08  # payers whose money comes from a payment vendor, under the vendor's name; chosen
VENDORS = ("CLARION PAYMENT NETWORK", "HEALTHREMIT SERVICES", "PAYBRIDGE SETTLEMENT")
TITLED = 0.85  # payers that keep to HCCLAIMPMT as the entry's description, as Nacha's rule has it; chosen


@dataclass(frozen=True, slots=True)
class Channel:
    """One payer's habits. ``company`` and ``company_id`` are the originator's, as its bank sends them."""

    paper: bool
    stubs_only: bool
    prints_own_number: bool
    check: bool
    combines: bool
    company: str
    company_id: str
    title: str


class Channels:
    """The channels of all payers of a seed; any payer can be asked for at any time, and answers always the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._known: dict[str, Channel] = {}

    def of(self, payer: Payer) -> Channel:
        """The habits of the payer."""
        known = self._known.get(payer.payer_id)
        if known is None:
            known = self._known[payer.payer_id] = _channel(
                Draws(self._seed, f"channel {payer.payer_id}"), payer
            )
        return known

    def is_paper(self, payer: Payer) -> bool:
        """Whether the payer's remittances come on paper, and so stand in no 835 file."""
        return self.of(payer).paper

    def pays_by_check(self, payer: Payer) -> bool:
        """Whether the payer mails checks: all that send paper do, and a few of those that send 835s."""
        return self.of(payer).check


def check_number(batch: Batch) -> str:
    """The number of a batch's check, as the bank's scanner reads it: the digits of TRN02."""
    return "".join(filter(str.isdigit, batch.trace_number)).lstrip("0")


def _channel(draws: Draws, payer: Payer) -> Channel:
    """Every chance is drawn, whether it matters or not, so that a changed rate changes nothing else."""
    small = payer.kind not in ELECTRONIC_KINDS and payer.weight < PAPER_BELOW
    paper = draws.chance(PAPER) and small
    by_check, stubs, own, combines, vendor, titled = (
        draws.chance(rate) for rate in (CHECKS_BESIDE_835, STUBS_ONLY, ICN_PRINTED, COMBINES, VENDOR, TITLED)
    )
    name, company_id = draws.pick(VENDORS), f"9{draws.digits(9)}"
    return Channel(
        paper=paper,
        stubs_only=stubs,
        prints_own_number=own,
        check=paper or by_check,
        combines=combines,
        company=name if vendor else payer.name,
        company_id=company_id if vendor else f"1{payer.tax_id}",
        title="HCCLAIMPMT" if titled else "PAYMENT",
    )
