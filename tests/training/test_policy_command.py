"""``python -m training policy``: what it says of a policy, and what the page about policies says is so."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from features.errors import BadInputError
from models.policy import DEFAULT, load_policy, parse_policy
from models.policy_table import KINDS, Conditions
from models.routing import NO_CELL, NO_CERTIFICATE, NOT_CERTIFIED
from training.policy_command import configure, run

PAGE = (Path(__file__).parent.parent.parent / "docs" / "policy.md").read_text(encoding="utf-8")
TOML = [block.partition("```")[0] for block in PAGE.split("```toml\n")[1:]]
MARK = "# ---- review ----"


def ask(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    configure(parser)
    return run(parser.parse_args(arguments))


def with_row(text: str, *, above: str | None) -> str:
    shipped = DEFAULT.read_text(encoding="utf-8")
    return shipped.replace(above, f"{text}\n{above}") if above else f"{shipped}\n{text}"


def test_check_says_that_the_shipped_policy_is_sound_and_where_no_row_decides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ask("check") == 0
    said = capsys.readouterr().out
    assert f"{load_policy().version}: {len(load_policy().rows)} rows, sound." in said
    assert "denial-risk: amount 10,000.00 and more" in said
    assert "finance-approval before " in said
    assert "remittance-match: 0.5 % wrong, 95 % sure of all 2 cells together" in said
    assert "allowed; 0.5 % is written" not in said


def test_check_doubts_a_promise_that_is_hardly_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(DEFAULT.read_text(encoding="utf-8").replace("alpha = 0.005", "alpha = 0.5", 1))
    assert ask("check", str(path)) == 0
    said = capsys.readouterr().out
    assert "More than 20 % allowed; 0.5 % is written as 0.005:\n  remittance-match\n" in said


def test_check_refuses_an_unsound_policy_and_names_the_row(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        DEFAULT.read_text(encoding="utf-8").replace("value_below = 10000 }", "value_below = 20000 }")
    )
    with pytest.raises(
        BadInputError, match=r"'post-matched-payment' lets items go .* above the hard ceiling"
    ):
        ask("check", str(path))


def test_show_tells_every_row_with_its_conditions(capsys: pytest.CaptureFixture[str]) -> None:
    ask("show")
    said = capsys.readouterr().out
    assert all(f"{row.row}: {row.lane.value}" in said for row in load_policy().rows)
    assert "when  kind invoice-anomaly; amount >= 10000\n" in said
    assert "who   queue finance-approval, finance lead\n" in said
    assert "denied-claim: denial specialist, 720 hours, 8 where escalated, then queue denial-leads\n" in said


def test_show_tells_what_is_promised_and_of_which_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask("show", str(grouped(tmp_path)))
    said = capsys.readouterr().out
    assert "denial-risk: 10 % wrong, 95 % sure of all 4 cells together" in said
    assert "invoice-anomaly: 2 % wrong, 95 % sure of all 2 cells together" in said
    assert "in each group of payers; government: medicare, medicaid" in said


def test_check_names_the_classes_of_payers_that_no_group_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask("check")
    assert "in no group" not in capsys.readouterr().out
    ask("check", str(grouped(tmp_path)))
    told = (
        capsys.readouterr().out.partition("in no group; people see all of theirs:\n")[2].partition("\n\n")[0]
    )
    assert "dental" in told
    assert "medicare-advantage" in told
    assert "blue" not in told


def test_dmn_makes_the_folder_that_it_writes_into_and_says_where_it_cannot(tmp_path: Path) -> None:
    assert ask("dmn", "--out", str(tmp_path / "new" / "x.dmn")) == 0
    assert (tmp_path / "new" / "x.dmn").stat().st_size > 0
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="nothing can be written there"):
        ask("dmn", "--out", str(tmp_path / "file" / "x.dmn"))


def test_a_place_to_write_is_refused_where_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="show writes no file"):
        ask("show", "--out", str(tmp_path / "x.dmn"))


def grouped(folder: Path) -> Path:
    """The shipped policy with the groups of the page about policies."""
    path = folder / "grouped.toml"
    path.write_text(
        DEFAULT.read_text(encoding="utf-8").replace("[payer_groups]\n", TOML[1]), encoding="utf-8"
    )
    return path


def test_dmn_writes_the_table(tmp_path: Path) -> None:
    ask("dmn", "--out", str(tmp_path / "x.dmn"))
    assert ET.parse(tmp_path / "x.dmn").getroot().get("name") == load_policy().version  # noqa: S314


def test_a_setting_names_the_policy_that_everything_goes_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(DEFAULT.read_text(encoding="utf-8").replace("margin_below = 0.1", "margin_below = 0.2"))
    monkeypatch.setenv("CLEARLANE_POLICY", str(path))
    assert load_policy().version == load_policy(path).version != load_policy(DEFAULT).version


def test_the_examples_of_the_page_are_sound_and_do_what_it_says() -> None:
    shown, groups, worked = TOML
    assert tomllib.loads(shown)["rows"][0] == next(
        row
        for row in tomllib.loads(DEFAULT.read_text(encoding="utf-8"))["rows"]
        if row["row"] == "finance-approval"
    )
    grouped = DEFAULT.read_text(encoding="utf-8").replace("[payer_groups]\n", groups)
    assert len(parse_policy(grouped.encode()).cells("denial-risk")) == 4
    coder = next(
        row for row in parse_policy(with_row(worked, above=MARK).encode()).rows if row.code == "dear-imaging"
    )
    assert (coder.queue, coder.sla_hours) == ("coding-specialists", 24)
    message = " ".join(PAGE.partition("it is refused: *")[2].partition("*")[0].split())
    with pytest.raises(BadInputError) as refused:
        parse_policy(with_row(worked, above=None).encode())
    assert message in str(refused.value)


def test_every_condition_and_kind_stands_on_the_page() -> None:
    names = [
        *Conditions.__struct_fields__,
        *KINDS,
        *(one.code for one in (NO_CELL, NO_CERTIFICATE, NOT_CERTIFIED)),
    ]
    assert [name for name in names if f"`{name}`" not in PAGE] == []
