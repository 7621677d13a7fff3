"""Writing X12: segments, amounts, dates, and the envelope around transactions."""

from __future__ import annotations

from datetime import date

from training.simulate.tables import dollars

TRANSACTIONS = {"HC": "837", "HN": "277", "HP": "835"}  # by functional group (GS01)


def segment(*elements: str) -> str:
    """One segment; empty elements at its end are left out.

    >>> segment("CLP", "A1", "1", "", "")
    'CLP*A1*1~'
    """
    return "*".join(elements).rstrip("*") + "~"


def money(cents: int) -> str:
    """An amount as X12 writes it, without needless zeros.

    >>> money(12050), money(-5), money(300)
    ('120.5', '-0.05', '3')
    """
    return dollars(cents).rstrip("0").rstrip(".")


def day(value: date) -> str:
    """CCYYMMDD."""
    return f"{value.year}{value.month:02d}{value.day:02d}"


def interchange(
    transactions: list[list[str]],
    *,
    sender: str,
    receiver: str,
    group: str,
    version: str,
    sent: date,
    control: int,
) -> str:
    """An interchange of one functional group; each transaction is its segments between ST and SE."""
    out = [
        segment("ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{sender:<15}", "ZZ", f"{receiver:<15}",
                f"{sent:%y%m%d}", "0600", "^", "00501", f"{control:09d}", "0", "P", ":"),
        segment("GS", group, sender, receiver, day(sent), "0600", str(control), "X", version),
    ]  # fmt: skip
    kind = TRANSACTIONS[group]
    for number, body in enumerate(transactions, start=1):
        name = f"{number:04d}"
        out.append(segment("ST", kind, name) if kind == "835" else segment("ST", kind, name, version))
        out.extend(body)
        out.append(segment("SE", str(len(body) + 2), name))
    out.append(segment("GE", str(len(transactions)), str(control)))
    out.append(segment("IEA", "1", f"{control:09d}"))
    return "\n".join(out) + "\n"
