"""How a cell came to its certificate, as it is kept beside the model, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from scipy.stats import binomtest

from features.errors import ModelFileError
from models import certificate_curves
from models.certificate_curves import FILE, Curve, load_curves, save_curves, upper_bound
from models.certificate_words import naive_text, promise, tighter, wanting
from models.certificates import Cell, Certificate
from models.certification import p_value
from tests.support.certificate_labels import Labels, certified


@pytest.fixture(scope="module")
def cell() -> tuple[Certificate, Curve]:
    return certified(Labels.draw(0))


@pytest.fixture(scope="module")
def refused() -> Curve:
    return certified(Labels.draw(1, prior=800, fresh=500))[1]


def test_curves_come_back_as_they_were_saved(
    tmp_path: Path, cell: tuple[Certificate, Curve], refused: Curve
) -> None:
    save_curves(tmp_path, (cell[1], refused))
    assert load_curves(tmp_path) == (cell[1], refused)


def test_a_model_without_the_file_has_no_curves(tmp_path: Path) -> None:
    assert load_curves(tmp_path) == ()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b'{"format": 1}', b'{"format": 9, "curves": []}']
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ModelFileError):
        load_curves(tmp_path)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, refused: Curve, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_curves(tmp_path, (refused,))
    monkeypatch.setattr(certificate_curves, "LARGEST", 10)
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_curves(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 0.0},
        {"level": 0.5},
        {"labels": 3},
        {"planned": 0},
        {"labels_a_day": -1.0},
    ],
)
def test_a_curve_that_contradicts_itself_is_refused(
    tmp_path: Path, cell: tuple[Certificate, Curve], change: dict[str, float]
) -> None:
    save_curves(tmp_path, (msgspec.structs.replace(cell[1], **change),))
    with pytest.raises(ModelFileError, match="cannot be right"):
        load_curves(tmp_path)


def test_thresholds_that_do_not_fall_are_refused(tmp_path: Path, cell: tuple[Certificate, Curve]) -> None:
    save_curves(tmp_path, (msgspec.structs.replace(cell[1], points=cell[1].points[::-1]),))
    with pytest.raises(ModelFileError, match="do not fall"):
        load_curves(tmp_path)


@pytest.mark.parametrize(("n", "errors"), [(598, 0), (947, 1), (40, 39), (40, 40), (0, 0)])
def test_the_upper_bound_is_that_of_clopper_and_pearson(n: int, errors: int) -> None:
    bound = upper_bound(n, errors, 0.05)
    expected = binomtest(errors, n, alternative="less").proportion_ci(0.95).high if n else 1.0
    assert bound == pytest.approx(expected)


def test_a_threshold_passes_exactly_where_its_upper_bound_is_within_alpha(
    cell: tuple[Certificate, Curve],
) -> None:
    curve = cell[1]
    assert curve.stopped is not None
    for point in (*curve.walked, *curve.points):
        assert (p_value(point.n, point.errors, curve.alpha) <= curve.level) == (point.upper <= curve.alpha)


def test_the_promise_is_the_one_that_was_fixed_before_and_the_tighter_bound_is_none(
    cell: tuple[Certificate, Curve],
) -> None:
    certificate, curve = cell
    assert promise(certificate) == (
        f"Auto-posted payments of this kind: at most 0.5 % wrong, 95 % sure; "
        f"checked {certificate.n:,}, wrong {certificate.errors:,}."
    )
    assert curve.certified is not None
    assert curve.certified.upper <= curve.alpha
    assert "what is promised stays at 0.5 %" in tighter(curve)
    assert wanting(curve) == ""


def test_a_cell_that_was_not_certified_says_how_many_more_it_wants_and_how_long_they_take(
    refused: Curve,
) -> None:
    enough = msgspec.structs.replace(refused, wanted=947, labels_a_day=80.0)
    assert wanting(enough) == "Needs about 950 more checked items, 12 days at today's rate."
    assert tighter(enough) == ""
    one_day = msgspec.structs.replace(refused, wanted=47, labels_a_day=80.0)
    assert wanting(one_day) == "Needs about 47 more checked items, 1 day at today's rate."


@pytest.mark.parametrize(
    ("a_day", "told"),
    [
        (1.0, ", 1,000 days at today's rate."),
        (0.02, ": at today's rate more than three years, which is out of reach."),
        (1e-300, ": at today's rate more than three years, which is out of reach."),
    ],
)
def test_more_than_three_years_are_out_of_reach_and_no_number_of_days(
    refused: Curve, a_day: float, told: str
) -> None:
    slow = msgspec.structs.replace(refused, wanted=1_000, labels_a_day=a_day)
    assert wanting(slow) == f"Needs about 1,000 more checked items{told}"


def test_without_labels_there_is_no_telling_how_long(refused: Curve) -> None:
    none = msgspec.structs.replace(refused, wanted=598, labels_a_day=0.0)
    assert wanting(none) == "Needs about 600 more checked items; none came in the last window."


def test_where_too_many_are_wrong_it_says_that_checking_more_does_not_help(refused: Curve) -> None:
    assert "checking more would not help" in wanting(msgspec.structs.replace(refused, wanted=None))


def test_the_threshold_that_looked_good_is_told_with_what_came_of_it(cell: tuple[Certificate, Curve]) -> None:
    curve = cell[1]
    assert curve.naive is not None
    bad = msgspec.structs.replace(curve.naive.fresh, n=1000, errors=9, upper=0.02)
    fair = msgspec.structs.replace(curve.naive.fresh, n=1000, errors=4, upper=0.009)
    good = msgspec.structs.replace(curve.naive.fresh, n=1000, errors=1, upper=0.0048)
    said = [
        naive_text(msgspec.structs.replace(curve, naive=msgspec.structs.replace(curve.naive, fresh=one)))
        for one in (bad, fair, good)
    ]
    assert "0.9 %: more than the 0.5 % allowed" in said[0]
    assert "0.4 %: no more than the 0.5 % allowed, but it might be 0.9 %" in said[1]
    assert "0.1 %: within the 0.5 % allowed" in said[2]
    assert naive_text(msgspec.structs.replace(curve, naive=None)) == ""


def test_an_uncertified_cell_promises_nothing(cell: tuple[Certificate, Curve]) -> None:
    none = msgspec.structs.replace(cell[0], threshold=None)
    assert promise(none) == "Not certified: a person decides every item of this kind."
    other = msgspec.structs.replace(cell[0], cell=Cell("something-new", "*", "any"))
    assert promise(other).startswith("Items of this kind that go by themselves: at most")
