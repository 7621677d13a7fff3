"""Whatever is done to a log is found, and told for what it is."""

from __future__ import annotations

import hashlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.audit.chain import BEGINNING, Entry, Logged, canonical, chained
from tests.serving.audit.logs import KEY, anchored, checked, log_of, rechained

COUNT = 12
TEXTS = ("at", "actor", "action", "subject", "before", "after", "model", "policy", "certificate", "input")


@pytest.fixture(params=[None, KEY], ids=["without a key", "with a key"])
def key(request: pytest.FixtureRequest) -> bytes | None:
    found: bytes | None = request.param
    return found


def renumbered(entries: list[Logged]) -> list[Logged]:
    return [msgspec.structs.replace(one, number=number) for number, one in enumerate(entries, start=1)]


def test_a_whole_log_is_whole(key: bytes | None) -> None:
    log = log_of(COUNT, key=key)
    report = checked(log, key=key, anchors=anchored(log[3], log[-1], key=key))
    assert (report.whole, report.entries, report.last, report.hash) == (True, COUNT, COUNT, log[-1].hash)
    assert (report.anchors, report.anchored) == (2, COUNT)


def test_an_empty_log_is_whole() -> None:
    assert checked([]).whole


def test_every_single_bit_of_every_byte_is_covered_by_the_hash_or_the_mac() -> None:
    log = log_of(4, key=KEY)
    changes = 0
    for place, one in enumerate(log):
        for name in (*TEXTS, "hash", "mac"):
            data = (getattr(one, name) or "").encode()
            for at in range(len(data)):
                for bit in (1 << shift for shift in range(8)):
                    flipped = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
                    said = flipped.decode("utf-8", "surrogateescape")
                    changed = [*log]
                    changed[place] = msgspec.structs.replace(one, **{name: said})
                    report = checked(changed, key=KEY)
                    assert report.faults[0].number == one.number, (name, at, bit)
                    changes += 1
    assert changes > 5_000


@pytest.mark.parametrize("name", [*TEXTS, "mac"])
def test_an_empty_text_is_not_the_same_as_none(name: str) -> None:
    log = log_of(3, key=KEY)
    value = "" if getattr(log[1], name) is None else None
    changed = [log[0], msgspec.structs.replace(log[1], **{name: value}), log[2]]
    assert checked(changed, key=KEY).faults[0].number == 2


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_a_change_is_told_with_its_number(number: int) -> None:
    log = log_of(COUNT)
    log[number - 1] = msgspec.structs.replace(log[number - 1], subject="another")
    (fault,) = checked(log).faults
    assert (fault.number, fault.attack) == (number, "change")


@pytest.mark.parametrize("number", range(1, COUNT))
def test_an_entry_that_was_taken_out_is_missed(number: int) -> None:
    log = log_of(COUNT)
    gap = checked([one for one in log if one.number != number])
    assert (gap.faults[0].number, gap.faults[0].attack) == (number, "delete")
    closed = checked(renumbered([one for one in log if one.number != number]))
    assert closed.faults[0].number == number
    if number < COUNT - 1:  # what stands behind it tells
        assert closed.faults[0].attack == "delete"


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_an_entry_that_was_put_in_is_found(number: int) -> None:
    log = log_of(COUNT)
    forged = chained(Entry("decision", "x"), number=number, previous="f" * 64, at="2026", actor="eve")
    report = checked(renumbered([*log[: number - 1], forged, *log[number - 1 :]]))
    assert (report.faults[0].number, report.faults[0].attack) == (number, "insert")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 4), (2, 9), (11, 12), (1, 12)])
def test_entries_that_were_moved_are_told(one: int, other: int) -> None:
    log = log_of(COUNT)
    log[one - 1], log[other - 1] = log[other - 1], log[one - 1]
    report = checked(renumbered(log))
    assert (report.faults[0].number, report.faults[0].attack) == (one, "reorder")


@pytest.mark.parametrize("cut", range(1, COUNT))
def test_a_tail_that_was_cut_off_is_missed_by_its_anchor(cut: int) -> None:
    log = log_of(COUNT)
    assert checked(log[:-cut]).whole, "the chain alone cannot know"
    (fault,) = checked(log[:-cut], anchors=anchored(log[-1])).faults
    assert (fault.number, fault.attack) == (COUNT - cut + 1, "truncate")


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_a_log_written_anew_with_hashes_that_fit_has_no_mac_of_the_key(number: int) -> None:
    log = log_of(COUNT, key=KEY)
    log[number - 1] = msgspec.structs.replace(log[number - 1], subject="another")
    forged = rechained(log)
    assert checked(forged).whole, "the chain alone cannot know"
    report = checked(forged, key=KEY)
    assert (report.faults[0].number, report.faults[0].attack) == (number, "rewrite")
    stripped = [msgspec.structs.replace(one, mac=None) for one in forged]
    assert checked(stripped, key=KEY).faults[0].attack == "rewrite"
    assert checked(rechained(log, key=b"another"), key=KEY).faults[0].attack == "rewrite"


def test_a_log_written_anew_is_not_the_one_that_was_anchored() -> None:
    log = log_of(COUNT)
    anchors = anchored(log[2], log[7], log[11])
    log[5] = msgspec.structs.replace(log[5], subject="another")
    report = checked(rechained(log), anchors=anchors)
    assert (report.faults[0].number, report.faults[0].attack) == (8, "rewrite")
    assert report.anchored == 3


def test_an_anchor_that_was_made_without_the_key_is_told_and_vouches_for_nothing() -> None:
    log = log_of(COUNT, key=KEY)
    for forged in (anchored(log[3]), anchored(log[3], key=b"another")):
        report = checked(log, key=KEY, anchors=forged)
        assert (report.faults[0].number, report.faults[0].attack, report.anchored) == (4, "rewrite", 0)


def test_two_entries_of_one_number_are_two_heads() -> None:
    log = log_of(COUNT)
    twin = chained(Entry("view", "x"), number=5, previous=log[3].hash, at="2026", actor="eve")
    for behind in ([], log[5:]):
        report = checked([*log[:5], twin, *behind])
        assert (report.faults[0].number, report.faults[0].attack) == (5, "fork")


def test_two_heads_that_were_anchored_as_one_entry_are_told() -> None:
    log = log_of(COUNT)
    other = chained(Entry("view", "x"), number=COUNT, previous=log[-2].hash, at="2026", actor="ann")
    report = checked(log, anchors=anchored(log[-1], other))
    assert (report.faults[0].number, report.faults[0].attack) == (COUNT, "fork")


def test_the_first_faults_are_told_and_the_rest_counted() -> None:
    log = log_of(40)
    report = checked(renumbered(log[::-1]), anchors=anchored(*log))
    assert [one.number for one in report.faults] == sorted(one.number for one in report.faults)
    assert (report.faults[0].number, len(report.faults)) == (1, 20)
    assert report.further == 60


def test_a_log_whose_key_came_later_is_checked_from_there() -> None:
    early = log_of(3)
    late = [chained(Entry("view", "x"), number=4, previous=early[-1].hash, at="2026", actor="ann", key=KEY)]
    assert not checked([*early, *late], key=KEY).whole
    assert checked([*early, *late], key=KEY, keyed_from=4).whole
    assert checked([*early, *late]).unchecked_macs == 1


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.none() | st.text(st.characters(exclude_categories=["Cs"])),
)
def test_the_bytes_that_are_hashed_are_those_of_the_standard_library(one: str, other: str | None) -> None:
    logged = chained(
        Entry("score", one, before=other, after=one), number=1, previous=BEGINNING, at="t", actor=one
    )
    row = [getattr(logged, name) for name in TEXTS]
    said = json.dumps(
        ["clearlane-audit-1", 1, BEGINNING, *row], ensure_ascii=False, separators=(",", ":")
    ).encode()
    assert said == canonical(logged, BEGINNING)
    assert hashlib.sha256(said).hexdigest() == logged.hash
