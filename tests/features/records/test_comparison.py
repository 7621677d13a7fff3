"""Features of pairs, rivals and candidates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.records.candidates import candidates
from features.records.comparison import Comparison
from features.records.pair_files import PairRows
from features.records.rivals import NAMES, Rivals
from features.records.spec import Spec
from features.records.standing import Standing
from features.records.tables import RecordTable

KINDS = {"title": "text", "maker": "name", "price": "number", "day": "date", "code": "code"}
SPEC = Spec.from_dict({"id": "id", "columns": KINDS})


def table(*records: tuple[str, str, str, str, str]) -> RecordTable:
    values = tuple(zip(*records, strict=True))
    return RecordTable("table", tuple(map(str, range(len(records)))), dict(zip(KINDS, values, strict=True)))


def features(
    left: RecordTable, right: RecordTable, pairs: PairRows | None = None
) -> dict[str, NDArray[np.float64]]:
    rows = np.arange(min(len(left), len(right)))
    names, values = Comparison.of(left, right, SPEC).features(pairs or PairRows(rows, rows))
    return dict(zip(names, values.T, strict=True))


FULL = ("photo editor deluxe 7.0", "acme inc", "$49.99", "2001-03-04", "KD-40XBR")
EMPTY = ("", "", "", "", "")


def test_equal_records_agree_in_every_kind() -> None:
    found = features(table(FULL), table(FULL))
    for kind in KINDS:
        assert found[f"{kind}.same"].tolist() == [1.0]
        assert found[f"{kind}.absent"].tolist() == [0.0]


def test_what_is_written_in_another_way_is_the_same() -> None:
    other = ("Photo Editor  Deluxe 7.0", "ACME, Inc", "49.99 USD", "03/04/2001", "00kd40xbr")
    found = features(table(FULL), table(other))
    assert [found[f"{kind}.same"][0] for kind in KINDS] == [1.0] * 5


def test_absent_values_agree_with_nothing_and_say_so() -> None:
    found = features(table(FULL, EMPTY), table(EMPTY, EMPTY))
    for kind in KINDS:
        assert np.isnan(found[f"{kind}.same"]).all()
        assert found[f"{kind}.absent"].tolist() == [1.0, 2.0]


def test_a_word_that_one_side_lacks_counts_by_its_rarity() -> None:
    records = [("common word", *EMPTY[1:])] * 9
    left = table(*records, ("common rare", *EMPTY[1:]))
    found = features(left, table(*records, ("common word", *EMPTY[1:])))
    assert found["title.word_rarest_left"][-1] > found["title.word_rarest_right"][-1] > 0
    assert found["title.word_rarest_left"][0] == 0


def test_month_and_day_in_each_others_place_are_noticed() -> None:
    left, right = table(("a", "b", "1", "2001-03-04", "x")), table(("a", "b", "1", "2001-04-03", "x"))
    assert features(left, right)["day.swapped"].tolist() == [1.0]


def test_a_rival_as_good_leaves_no_gap() -> None:
    one = ("blue widget", "", "", "", "")
    comparison = Comparison.of(table(one), table(one, one, ("red gadget", "", "", "", "")), SPEC)
    pairs = PairRows(np.array([0, 0]), np.array([0, 2]))
    names, values = Standing.of_pairs(comparison, pairs).features(pairs)
    gap, rank = (values[:, names.index(f"standing.word_left_{name}")] for name in ("gap", "rank"))
    assert abs(gap[0]) < 1e-9
    assert rank.tolist() == [0.0, 2.0]
    assert gap[1] < -0.5


def test_candidates_are_each_pair_once_and_hold_the_likest() -> None:
    left = table(("blue widget", "", "", "", ""), ("red gadget", "", "", "", ""))
    right = table(("red gadgets", "", "", "", ""), ("blue widgets", "", "", "", ""), EMPTY)
    comparison = Comparison.of(left, right, SPEC)
    found = candidates(comparison, Standing.of(comparison, np.arange(2), np.arange(3)))
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert {(0, 1), (1, 0)} <= set(pairs)
    assert len(set(pairs)) == len(pairs)


def test_a_shared_code_makes_a_candidate_whatever_else_differs() -> None:
    left = table(("aaa", "", "", "", "X-99"))
    right = table(*[("bbb", "", "", "", f"Y{row}") for row in range(30)], ("ccc", "", "", "", "x99"))
    comparison = Comparison.of(left, right, SPEC)
    found = candidates(comparison, Standing.of(comparison, np.arange(1), np.arange(31)))
    assert 30 in found.right.tolist()


def test_in_one_table_a_record_is_no_candidate_for_itself() -> None:
    one = table(FULL, FULL, ("other thing", "b", "1", "2001-01-01", "q"))
    comparison = Comparison.of(one, one, SPEC, same_table=True)
    found = candidates(comparison, Standing.of(comparison, np.arange(3), np.arange(3)))
    assert (found.left < found.right).all()
    assert (0, 1) in zip(found.left.tolist(), found.right.tolist(), strict=True)


def test_tables_without_any_text_can_be_compared() -> None:
    comparison = Comparison.of(table(EMPTY, EMPTY), table(EMPTY), SPEC)
    pairs = PairRows(np.array([0, 1]), np.array([0, 0]))
    standing = Standing.of_pairs(comparison, pairs)
    assert comparison.features(pairs)[1].shape[0] == 2
    assert standing.features(pairs)[1].shape[0] == 2
    assert len(candidates(comparison, standing)) == 0


def test_a_pair_that_is_judged_alone_has_no_standing_and_no_rivals() -> None:
    comparison = Comparison.of(table(FULL, EMPTY), table(FULL, EMPTY), SPEC)
    pairs = PairRows(np.array([0, 1]), np.array([0, 1]))
    unknown = Standing.unknown(comparison)
    assert unknown.features(pairs)[1].shape == (2, 0)
    assert len(Rivals.of(unknown, pairs).pairs) == 0


def test_a_rival_is_the_best_other_record_seen_from_each_side() -> None:
    left = table(("blue widget", "", "", "", ""), ("blue gadget", "", "", "", ""))
    right = table(("blue widget", "", "", "", ""), ("blue widgets", "", "", "", ""))
    comparison = Comparison.of(left, right, SPEC)
    pairs = PairRows(np.array([0]), np.array([0]))
    rivals = Rivals.of(Standing.of_pairs(comparison, pairs), pairs)
    score = {(0, 0): 3.0, (0, 1): 1.0, (1, 0): -2.0}
    known = zip(rivals.pairs.left.tolist(), rivals.pairs.right.tolist(), strict=True)
    scores = np.array([score[pair] for pair in known])
    values = dict(zip(NAMES, rivals.features(scores, pairs, np.array([3.0]))[0], strict=True))
    assert values["rivals.left_best"] == 1.0
    assert values["rivals.left_gap"] == 2.0
    assert values["rivals.right_best"] == -2.0
    assert values["rivals.both_gap"] == 2.0


def test_the_answer_for_a_pair_does_not_hang_on_the_pairs_given_beside_it() -> None:
    records = [
        (f"{colour} {thing}", "", "", "", "") for colour in ("blue", "red") for thing in ("cup", "pot", "pan")
    ]
    comparison = Comparison.of(table(*records), table(*records[::-1]), SPEC)
    one = PairRows(np.array([0]), np.array([5]))
    many = PairRows(np.arange(6), np.arange(6)[::-1])
    found = []
    for given in (one, many):
        standing = Standing.of_pairs(comparison, given)
        rivals = Rivals.of(standing, given)
        scores = (10 * rivals.pairs.left + rivals.pairs.right) / 10
        own = np.full(len(given), 2.0)
        found.append(np.append(standing.features(given)[1][0], rivals.features(scores, given, own)[0]))
    assert np.array_equal(found[0], found[1])
