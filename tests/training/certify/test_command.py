"""Any audited sample can be certified from a CSV file, and a row that is wrong is named."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.errors import BadInputError
from models.certificates import load_certificates
from training.__main__ import COMMANDS
from training.certify.command import configure, run
from training.certify.family import certify_sample
from training.certify.sample import read_sample

ROWS = 8_000
DAYS = ("--from", "2026-01-01", "--until", "2026-03-31")


def sample(seed: int = 1, *, cells: tuple[str, ...] = ("a", "b"), risky: str = "b") -> pd.DataFrame:
    """Scores whose surest half is never wrong in ``a``, while in ``b`` everything is wrong one time in ten."""
    random = np.random.default_rng(seed)
    score = random.random(ROWS)
    cell = random.choice(cells, ROWS)
    risk = np.where(cell == risky, 0.1, np.where(score > 0.5, 0.0, 0.3))
    return pd.DataFrame(
        {
            "score": score.round(6),
            "error": (random.random(ROWS) < risk).astype(int),
            "cell": cell,
            "amount": random.integers(10, 500, ROWS),
            "window": np.where(np.arange(ROWS) < ROWS // 2, "plan", "certify"),
        }
    )


@pytest.fixture
def written(tmp_path: Path) -> Callable[[pd.DataFrame], Path]:
    def write(table: pd.DataFrame) -> Path:
        path = tmp_path / "sample.csv"
        table.to_csv(path, index=False)
        return path

    return write


def test_a_cell_that_is_sure_is_certified_and_one_that_errs_is_not(
    written: Callable[[pd.DataFrame], Path],
) -> None:
    good, bad = certify_sample(read_sample(written(sample())), alpha=0.01, delta=0.05, seed=1)
    assert good.certified is not None
    assert 0.4 < good.certified.threshold < 0.55
    assert good.certified.errors <= 0.01 * good.certified.n
    assert 0.4 < good.automatic / good.rows < 0.6
    assert (bad.certified, bad.automatic) == (None, 0)
    assert bad.wanted is None or bad.wanted > 10 * ROWS  # a handful of sure rows may have been lucky


def test_no_cell_has_more_than_all_of_delta(written: Callable[[pd.DataFrame], Path]) -> None:
    tried = certify_sample(read_sample(written(sample())), alpha=0.01, delta=0.05, seed=1)
    assert all(0 < one.level <= 0.05 for one in tried)


def test_cells_that_share_batches_are_not_taken_for_independent(
    written: Callable[[pd.DataFrame], Path],
) -> None:
    table = sample(risky="none")
    table["batch"] = np.arange(ROWS)
    apart = certify_sample(read_sample(written(table)), alpha=0.01, delta=0.05, seed=1)
    table["batch"] = np.arange(ROWS) // 2
    mixed = certify_sample(read_sample(written(table)), alpha=0.01, delta=0.05, seed=1)
    assert all(one.certified for one in apart)
    assert sum(one.automatic for one in mixed) < sum(one.automatic for one in apart)


def test_of_each_batch_one_row_certifies(written: Callable[[pd.DataFrame], Path]) -> None:
    table = sample(cells=("a",))
    table["batch"] = np.arange(ROWS) // 4
    (one,) = certify_sample(read_sample(written(table)), alpha=0.01, delta=0.05, seed=1)
    assert (one.rows, one.labels) == (ROWS // 2, ROWS // 8)


def test_too_few_labels_are_told_with_how_many_are_wanted(written: Callable[[pd.DataFrame], Path]) -> None:
    table = sample(cells=("a",))
    few = pd.concat([table[table.window == "plan"], table[table.window == "certify"].head(300)])
    (one,) = certify_sample(read_sample(written(few)), alpha=0.005, delta=0.05, seed=1)
    assert one.certified is None
    assert one.wanted is not None
    assert 900 < one.wanted < 3_000  # 598 at least above the threshold, which half of the rows are


def test_the_command_prints_a_table_and_writes_certificates_that_load(
    written: Callable[[pd.DataFrame], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--sample", str(written(sample())), "--alpha", "0.01", "--out", str(tmp_path / "out"), *DAYS]
    parser = argparse.ArgumentParser()
    configure(parser)
    assert run(parser.parse_args(given)) == 0
    printed = capsys.readouterr().out
    assert "b: not certified: " in printed
    good, bad = load_certificates(tmp_path / "out")
    assert (good.cell.payer_group, good.alpha, good.delta) == ("a", 0.01, 0.05)
    assert (str(good.window_from), str(good.window_to)) == ("2026-01-01", "2026-03-31")
    assert good.threshold is not None
    assert bad.threshold is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--out", "x"], "by --from and --until"),
        (["--out", "x", "--until", "2026-03-31"], "by --from and --until"),
        (["--from", "2026-03-31", "--until", "2026-01-01"], "before --from"),
        (["--days", "0"], "--days"),
        (["--days", "99999999999"], "--days"),
        (["--alpha", "1"], "--alpha"),
        (["--delta", "nan"], "--delta"),
        (["--seed", "-1"], "--seed"),
        (["--delta", "0.95"], "95 % sure"),
        (["--from", "2026-01-01", "--until", "2999-03-31"], "a day to come"),
        (["--out", "x", "--kind", "remitance", *DAYS], "one of remittance-match"),
        (["--out", __file__, *DAYS], "nothing can be written there"),
    ],
)
def test_options_that_cannot_be_meant_are_refused_before_the_sample_is_read(
    tmp_path: Path, given: list[str], message: str
) -> None:
    parser = argparse.ArgumentParser()
    configure(parser)
    with pytest.raises(BadInputError, match=message):
        run(parser.parse_args(["--sample", str(tmp_path / "none.csv"), *given]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": "high"}, "line 4: score is neither a number from 0 to 1"),
        ({"score": "1.2"}, "line 4: score"),
        ({"score": "NaN"}, "line 4: score is neither a number from 0 to 1 nor empty"),
        ({"error": "2"}, "line 4: error is neither 0 nor 1"),
        ({"window": "soon"}, "line 4: window is neither 'plan' nor 'certify'"),
        ({"amount": "-5"}, "line 4: amount"),
        ({"cell": ""}, "line 4: cell is empty"),
    ],
)
def test_a_row_that_is_wrong_is_named_by_line_and_column(
    written: Callable[[pd.DataFrame], Path], change: dict[str, str], message: str
) -> None:
    table = sample().astype(str)
    for name, value in change.items():
        table.loc[2, name] = value
    with pytest.raises(BadInputError, match=message):
        read_sample(written(table))


def test_a_column_that_is_missing_is_named(written: Callable[[pd.DataFrame], Path]) -> None:
    with pytest.raises(BadInputError, match="no column 'window'"):
        read_sample(written(sample().drop(columns="window")))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'score,error\n"0.5'])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sample.csv"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=r"sample\.csv"):
        read_sample(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no column 'score'"),
        ("score,error,window\n", "no rows"),
        ("score;error;window\n0,9;0;plan\n", "separate its columns by commas"),
        ("score,error,window,Score\n0.9,0,plan,0.9\n", "more than one column 'score'"),
        ("score,error,window,cell\n0.9,0,plan,a\n0.9,0,plan\n", "line 3: it has 3 values"),
        ("score,error,window\n0.9,0,plan,\n", "line 2: it has 4 values"),
        ('score,error,window,cell\n0.9,0,plan,"a\nb"\n0.9,2,plan,c\n', "line 4: error"),
        ("score,error,window,batch\n0.9,0,plan,x\n0.9,0,certify,x\n", "line 3: it certifies"),
        ("score,error,window,cell\n0.9,0,plan,x\n0.9,0,plan,*\n", "line 3: cell stands for all"),
        ("score,error,window,cell\n0.9,0,plan,all\n0.9,0,plan,x\n", "line 2: cell stands for all"),
    ],
)
def test_a_file_that_could_be_read_wrongly_is_refused_with_the_place_and_what_to_do(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "sample.csv"
    path.write_text(content, encoding="utf-8", newline="")
    with pytest.raises(BadInputError) as refused:
        read_sample(path)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("ending", "encoding"), [("\n", "utf-8"), ("\r\n", "utf-8"), ("\r\n", "utf-8-sig"), ("\n\n", "utf-8")]
)
def test_line_ends_byte_order_marks_and_empty_lines_change_nothing(
    tmp_path: Path, ending: str, encoding: str
) -> None:
    path, lines = tmp_path / "sample.csv", ["Score ,error,window", "0.9,0,plan", " 0.8,1,certify", ",,", ""]
    path.write_text(ending.join(lines), encoding=encoding, newline="")
    read = read_sample(path)
    assert (read.scores.tolist(), read.errors.tolist(), read.fresh.tolist()) == (
        [0.9, 0.8],
        [0, 1],
        [False, True],
    )


@pytest.mark.parametrize("odd", ["[/x]", "[red]pay[er]", "日本 [link=x]", "a\\"])
def test_a_cell_may_have_any_name_and_is_printed_by_it(
    written: Callable[[pd.DataFrame], Path], capsys: pytest.CaptureFixture[str], odd: str
) -> None:
    parser = argparse.ArgumentParser()
    configure(parser)
    assert (
        run(parser.parse_args(["--sample", str(written(sample(cells=(odd, "b")))), "--alpha", "0.01"])) == 0
    )
    assert f"│ {odd}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "rows",
    [
        [("0.5", "0", "plan")],
        [("0.5", "0", "certify")],
        [("0.5", "1", "plan"), ("0.5", "1", "certify")],
        [("", "0", "plan"), ("", "0", "certify")],
        [("0", "1", "plan"), ("0", "1", "certify")] * 50,
    ],
)
def test_a_sample_that_says_next_to_nothing_certifies_nothing_and_says_what_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "sample.csv"
    path.write_text("\n".join(map(",".join, [("score", "error", "window"), *rows])))
    parser = argparse.ArgumentParser()
    configure(parser)
    assert run(parser.parse_args(["--sample", str(path)])) == 0
    assert "all: not certified: " in capsys.readouterr().out


def test_an_item_without_a_score_never_goes_but_counts(written: Callable[[pd.DataFrame], Path]) -> None:
    table = sample(cells=("a",)).astype(str)
    table.loc[::2, "score"] = ""
    (one,) = certify_sample(read_sample(written(table)), alpha=0.01, delta=0.05, seed=1)
    assert one.certified is not None
    assert one.automatic / one.rows < 0.3


def test_the_command_is_known() -> None:
    assert COMMANDS["certify"] == "training.certify.command"


def test_certificates_are_never_written_over_others(
    written: Callable[[pd.DataFrame], Path], tmp_path: Path
) -> None:
    (tmp_path / "certificates.json").write_text("those in force")
    parser = argparse.ArgumentParser()
    configure(parser)
    given = parser.parse_args(["--sample", str(written(sample())), "--out", str(tmp_path), *DAYS])
    with pytest.raises(BadInputError, match="stands there already"):
        run(given)
    assert (tmp_path / "certificates.json").read_text() == "those in force"
