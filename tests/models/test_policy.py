"""The policy file: what ships is sound, and what is unsound is refused by name when it is loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from features.errors import BadInputError
from models.certification import Cell
from models.policy import DEFAULT, load_policy, policy_of
from models.policy_regions import gaps, overlaps

Table = dict[str, Any]


def shipped() -> Table:
    return tomllib.loads(DEFAULT.read_text(encoding="utf-8"))


def parsed(table: Table) -> Any:
    return policy_of(table)


def row(table: Table, name: str) -> Table:
    return next(row for row in table["rows"] if row["row"] == name)


def test_the_shipped_policy_promises_what_the_design_says() -> None:
    policy = load_policy()
    assert policy.hard_ceiling == Decimal(10_000)
    assert policy.alpha("remittance-match") == 0.005
    assert policy.alpha("denial-risk") == 0.1
    assert policy.delta("remittance-match") == 0.05
    assert policy.default.lane.value == "review"
    assert policy.version.startswith("policy-")


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        ("0", "under-1000"),
        ("999.99", "under-1000"),
        ("1000", "1000-to-10000"),
        ("9999.99", "1000-to-10000"),
        ("10000", None),
        ("-0.01", None),
        ("NaN", None),
        ("Infinity", None),
    ],
)
def test_an_amount_has_a_band_only_below_the_ceiling(amount: str, band: str | None) -> None:
    policy = load_policy()
    assert policy.band(Decimal(amount)) == band
    assert policy.cell("denial-risk", Decimal(amount)) == (Cell("denial-risk", "*", band) if band else None)


def test_a_kind_without_a_promise_has_no_cells() -> None:
    policy = load_policy()
    assert policy.cells("rejected-claim") == ()
    assert policy.cell("rejected-claim", Decimal(1)) is None


def test_the_version_is_the_content_and_not_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    text = DEFAULT.read_text(encoding="utf-8")
    path.write_text(text.replace(" = ", "  =  ").replace("# ", "# so: "), encoding="utf-8")
    assert load_policy(path).version == load_policy().version
    changed = shipped()
    changed["audit_probability"] = 0.06
    assert parsed(changed).version != load_policy().version


def found(table: Table, path: str) -> tuple[Any, Any]:
    """The innermost container of a path and the key within it; a row is named by ``rows.NAME``."""
    here: Any = table
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    for key in way:
        here = row(table, key) if here is table["rows"] else here[key]
    return here, last


def edit(path: str, value: Any) -> Callable[[Table], None]:
    def apply(table: Table) -> None:
        here, last = found(table, path)
        here[last] = value

    return apply


ORDER = ["escalate", "specialist", "review", "auto"]


def fits(row: Table, new: Table) -> bool:
    """Whether the new row may stand above this one: a strict row above a lax one."""
    return ORDER.index(row["lane"]) >= ORDER.index(new["lane"])


def add(**changes: Any) -> Callable[[Table], None]:
    def apply(table: Table) -> None:
        new = {"row": "new", "when": {}, "lane": "review", "code": "new", "reason": "New.", **changes}
        place = (
            0
            if new["lane"] == "escalate"
            else next(i for i, row in enumerate(table["rows"]) if fits(row, new))
        )
        table["rows"].insert(place, new)

    return apply


def drop(path: str) -> Callable[[Table], None]:
    def apply(table: Table) -> None:
        here, last = found(table, path)
        del here[last]

    return apply


def move_to_the_end(name: str) -> Callable[[Table], None]:
    def apply(table: Table) -> None:
        moved = row(table, name)
        table["rows"].remove(moved)
        table["rows"].append(moved)

    return apply


def both(one: Callable[[Table], None], other: Callable[[Table], None]) -> Callable[[Table], None]:
    def apply(table: Table) -> None:
        one(table)
        other(table)

    return apply


DENIALS = {"kind": ["denial-risk"], "value_at_least": "0", "value_below": "10000"}
UNSOUND: dict[str, tuple[Callable[[Table], None], str]] = {
    "a misspelt key": (edit("audit_probabilty", 0.1), "audit_probabilty"),
    "a misspelt condition": (edit("rows.unseen.when.unsen", ["*"]), "unsen"),
    "an unknown lane": (edit("rows.unseen.lane", "automatic"), "automatic"),
    "a stated version": (edit("version", "mine"), "version"),
    "another format": (edit("format", 1), "format 1"),
    "a default that lets go": (edit("default.lane", "auto"), "default"),
    "no audit": (edit("audit_probability", 0), "audit_probability"),
    "no validity": (edit("certificate_days", 0), "certificate_days"),
    "an alpha of one": (edit("kinds.denial-risk.alpha", 1), "denial-risk"),
    "a promise for a kind that is none": (edit("kinds.letter", {"alpha": 0.1, "delta": 0.1}), "letter"),
    "a gap between bands": (
        edit("value_bands.1", {"name": "2000-to-10000", "at_least": "2000", "below": "10000"}),
        "a gap between value bands 'under-1000'",
    ),
    "an overlap of bands": (
        edit("value_bands.1", {"name": "500-to-10000", "at_least": "500", "below": "10000"}),
        "an overlap between value bands 'under-1000'",
    ),
    "a band named wrongly": (edit("value_bands.0.name", "small"), "'small' must be named"),
    "bands short of the ceiling": (edit("hard_ceiling", "20000"), "must end at the hard ceiling"),
    "no bands": (edit("value_bands", []), "value_bands"),
    "a ceiling that is no number": (edit("hard_ceiling", "NaN"), "hard_ceiling"),
    "a row that is there twice": (add(row="unseen", when={"payer": ["X"]}), "'unseen' is there twice"),
    "an automatic row without a ceiling": (
        drop("rows.release-low-risk-claim.when.value_below"),
        "'release-low-risk-claim' lets items go without a look and has no value ceiling",
    ),
    "an automatic row without a floor": (
        drop("rows.release-low-risk-claim.when.value_at_least"),
        "'release-low-risk-claim' lets items go without a look and does not say from which value",
    ),
    "an automatic row above the ceiling": (
        edit("rows.post-matched-payment.when.value_below", "10000.01"),
        "'post-matched-payment' lets items go without a look above the hard ceiling",
    ),
    "an automatic row for every kind": (
        drop("rows.post-matched-payment.when.kind"),
        "'post-matched-payment' lets items go without a look and names no kind",
    ),
    "an automatic row without a promise": (
        edit("rows.post-matched-payment.when.kind", ["rejected-claim"]),
        "'post-matched-payment' lets 'rejected-claim' go",
    ),
    "automatic rows that overlap": (
        add(lane="auto", when={**DENIALS, "payer": ["X"], "value_at_least": "5000"}),
        "'new' and 'release-low-risk-claim' overlap",
    ),
    "automatic rows that overlap in part": (
        both(
            edit("rows.release-low-risk-claim.when.value_below", "6000"),
            add(lane="auto", when={**DENIALS, "value_at_least": "5000"}),
        ),
        "'new' and 'release-low-risk-claim' overlap",
    ),
    "automatic rows with a gap": (
        both(
            edit("rows.release-low-risk-claim.when.value_below", "4000"),
            add(lane="auto", when={**DENIALS, "value_at_least": "5000"}),
        ),
        "gap in value between rows 'release-low-risk-claim' and 'new'",
    ),
    "an automatic row that a stricter one always meets": (
        add(when={"value_below": "20000"}),
        "'post-matched-payment' is unreachable: row 'new'",
    ),
    "a row that a broader one makes idle": (
        add(when={"flags": ["duplicate-payment"]}, lane="specialist"),
        "'new' is unreachable: row 'hard-flag'",
    ),
    "the same row again": (
        add(when={"unseen": ["*"]}, lane="specialist"),
        "'unseen' is unreachable: row 'new'",
    ),
    "a strict row below a lax one": (
        move_to_the_end("hard-flag"),
        "'hard-flag' (escalate) stands below the laxer row 'runner-up-close' (specialist)",
    ),
    "a row that two others hide together": (
        both(
            add(row="under", when={"kind": ["unreadable"], "value_at_least": "1"}),
            both(
                add(row="low", when={"kind": ["unreadable"], "value_below": "5"}),
                add(row="high", when={"kind": ["unreadable"], "value_at_least": "5"}),
            ),
        ),
        "'under' is unreachable: row 'hard-flag' or row 'high' or row 'low' decides before it",
    ),
    "a class of payers that is none": (add(when={"payer_class": ["rich"]}), "payer_class 'rich'"),
    "a type of service that is none": (add(when={"service_type": ["spa"]}), "service_type 'spa'"),
    "a group of classes that are none": (edit("payer_groups", {"g": ["rich"]}), "the class 'rich'"),
    "a group without classes": (edit("payer_groups", {"g": []}), "'g' names no class"),
    "a group that passes for all payers": (edit("payer_groups", {"*": ["blue"]}), "group '*' must be named"),
    "a class in two groups": (
        edit("payer_groups", {"a": ["medicare"], "b": ["medicare"]}),
        "'medicare' twice",
    ),
    "a kind without a desk": (drop("desks.unreadable"), "no desk for 'unreadable'"),
    "a desk without hours": (edit("desks.unreadable.sla_hours", 0), "'unreadable' needs a role, and hours"),
    "an empty value range": (
        add(when={"value_at_least": "5", "value_below": "5"}),
        "'new' can never apply: its value range is empty",
    ),
    "an empty list": (add(when={"flags": []}), "'new' can never apply"),
    "a star beside names": (add(when={"flags": ["*", "x"]}), "'new' can never apply or says too much"),
    "a star as the kind": (add(when={"kind": ["*"]}), "'new' can never apply or says too much"),
    "a kind that is none": (add(when={"kind": ["denial"]}), "'new' names kind 'denial'"),
    "a margin beyond one": (add(when={"margin_below": 1.5}), "'new' can never apply or always does"),
    "a negative age": (add(when={"age_days_at_least": -1}), "'new' can never apply or always does"),
    "an interval wider than everything": (add(when={"interval_wider_than": 1}), "'new' can never"),
    "no reason": (add(when={"payer": ["X"]}, reason=""), "'new' has no code or no reason"),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_an_unsound_policy_is_refused_and_the_fault_is_named(name: str) -> None:
    change, message = UNSOUND[name]
    table = shipped()
    change(table)
    with pytest.raises(BadInputError) as caught:
        parsed(table)
    assert message in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"{}"])
def test_what_is_no_policy_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=r"policy\.toml"):
        load_policy(path)


def test_a_missing_policy_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        load_policy(tmp_path / "none.toml")


def test_rows_may_be_added_for_a_payer_and_for_lower_values() -> None:
    table = shipped()
    add(when={"payer": ["PAYER-1"]}, lane="specialist")(table)
    edit("rows.release-low-risk-claim.when.value_below", "2500")(table)
    assert len(parsed(table).rows) == len(load_policy().rows) + 1


def test_what_no_row_decides_is_told_with_its_region() -> None:
    told = gaps(load_policy())
    assert "rejected-claim: flags none, missing none" in told
    assert any(line.startswith("denial-risk: amount 10,000.00 and more, ") for line in told)
    assert not any(line.startswith("denied-claim") for line in told)


def test_rows_that_go_before_others_are_told() -> None:
    told = overlaps(load_policy())
    assert told["denied-for-coding"] == ("denied", "data-missing")
    assert "hard-flag" not in {name for names in told.values() for name in names}


def test_groups_of_payers_make_cells_of_their_own() -> None:
    table = shipped()
    table["payer_groups"] = {"government": ["medicare", "medicaid"], "blues": ["blue"]}
    policy = parsed(table)
    assert len(policy.cells("denial-risk")) == 4
    assert policy.cell("denial-risk", Decimal(5), "medicaid") == Cell(
        "denial-risk", "government (medicaid, medicare)", "under-1000"
    )
    assert policy.cell("denial-risk", Decimal(5), "commercial") is None
    assert policy.cell("denial-risk", Decimal(5)) is None


def test_a_group_of_other_payers_is_another_cell_whatever_its_name() -> None:
    """A certificate that was tested on Medicare alone must not let Medicaid go when a group is widened."""
    table = shipped()
    table["payer_groups"] = {"government": ["medicare"]}
    narrow = parsed(table)
    table["payer_groups"] = {"government": ["medicare", "medicaid"]}
    wide = parsed(table)
    table["payer_groups"] = {"government": ["medicaid", "medicare"]}
    turned = parsed(table)
    assert not set(narrow.cells("denial-risk")) & set(wide.cells("denial-risk"))
    assert wide.cells("denial-risk") == turned.cells("denial-risk")


def test_groups_of_payers_do_not_divide_invoices_of_vendors() -> None:
    table = shipped()
    table["payer_groups"] = {"government": ["medicare", "medicaid"]}
    policy = parsed(table)
    assert policy.cells("invoice-anomaly") == load_policy().cells("invoice-anomaly")
    assert policy.cell("invoice-anomaly", Decimal(5)) == Cell("invoice-anomaly", "*", "under-1000")
