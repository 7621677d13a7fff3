"""The page, the JSON and the command."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from features.commandline import main
from tests.support.browser import (
    MISSING,
    chromium,
    console_messages,
    is_installed,
    page_width,
    requested_hosts,
    set_viewport,
)
from training.__main__ import COMMANDS
from training.fidelity import folder as reading
from training.fidelity import measured, page, published, samples, verdicts
from training.fidelity.measured import Measured, Measurements, PayerRate


@pytest.fixture(scope="module")
def found(folder: Path) -> Measurements:
    return measured.measure(reading.read(folder))


def rendered(found: Measurements, name: str = "clinic") -> str:
    return page.render(name, found, verdicts.compare(published.sections(samples.load()), found.figures))


def fidelity(*arguments: object) -> int:
    return main(prog="training", description="", commands=COMMANDS, argv=["fidelity", *map(str, arguments)])


@pytest.fixture(scope="module")
def written(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the small folder, as the command writes it."""
    out = tmp_path_factory.mktemp("report") / "out"
    assert fidelity(folder, "--out", out) == 0
    return out


def test_the_page_needs_nothing_from_elsewhere(written: Path) -> None:
    text = (written / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|<img|<iframe|@import|\bsrc=", text)
    assert set(re.findall(r"<link[^>]*>", text)) == {'<link rel="icon" href="data:,">'}
    assert not re.search(r"url\((?!#)", text)


def test_no_two_parts_of_the_page_share_an_identifier_and_every_link_inside_leads_somewhere(
    written: Path,
) -> None:
    text = (written / "index.html").read_text(encoding="utf-8")
    identifiers = re.findall(r'\sid="([^"]+)"', text)
    assert len(set(identifiers)) == len(identifiers)
    used = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert used <= set(identifiers)


def test_every_figure_stands_on_the_page_with_its_verdict_in_words(
    written: Path, found: Measurements
) -> None:
    text = (written / "index.html").read_text(encoding="utf-8")
    for _, rows in verdicts.compare(published.sections(samples.load()), found.figures):
        for row in rows:
            place = text.index(f'id="{page.slug(row.published.name)}"')
            assert f"</span>{row.verdict.value}</span>" in text[place : text.index("</tr>", place)]


def test_the_same_folder_gives_the_same_page(written: Path, found: Measurements) -> None:
    assert rendered(found) == (written / "index.html").read_text(encoding="utf-8")


def test_names_out_of_files_are_text_and_nothing_else(found: Measurements) -> None:
    odd = PayerRate("<b>A & B</b> $x^2$", "commercial", Measured(0.1, 0.08, 0.12, 900))
    figures = {**found.figures, "payers.lowest": odd.rate, "payers.highest": odd.rate}
    text = rendered(replace(found, payers=(odd,), figures=figures), name="<i>odd</i>")
    assert "<b>A" not in text
    assert "<i>odd" not in text
    assert "&lt;b&gt;A &amp; B&lt;/b&gt; $x^2$" in text


def test_a_folder_in_which_nothing_has_matured_makes_a_page_of_rows_not_judged(found: Measurements) -> None:
    empty = replace(found, figures={}, payers=(), days={}, judged=0)
    assert "0 of 0 judged figures" in rendered(empty)


def test_the_json_says_what_the_page_says(written: Path) -> None:
    document = json.loads((written / "fidelity.json").read_text(encoding="utf-8"))
    overall = next(one for one in document["figures"] if one["name"] == "denial.overall")
    assert overall["simulated"]["value"] == 0.25
    assert overall["verdict"] == "near"
    assert all(source["reading"] for source in overall["sources"])
    assert sum(document["verdicts"].values()) == len(document["figures"])


def test_the_terminal_shows_each_miss_and_the_count(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fidelity(folder, "--out", tmp_path) == 0
    shown = capsys.readouterr().out
    assert "near 5.0 points above" in shown
    assert re.search(r"\d+ inside, \d+ near, \d+ outside, \d+ not judged", shown)


def test_a_folder_that_is_not_there_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fidelity(tmp_path / "nowhere", "--out", tmp_path / "out") == 2
    assert "there is no such folder" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_report_that_cannot_be_written_ends_with_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert fidelity(folder, "--out", tmp_path / "file" / "out") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_every_published_figure_can_be_measured_on_simulated_data(simulated: Path) -> None:
    figures = measured.measure(reading.read(simulated)).figures
    wanted = {figure.name for section in published.sections(samples.load()) for figure in section.figures}
    assert wanted <= set(figures)


@pytest.mark.skipif(not is_installed(), reason=MISSING)
def test_the_page_fits_any_width_in_both_colour_schemes_and_asks_for_nothing(written: Path) -> None:
    with chromium() as driver:
        driver.get((written / "index.html").as_uri())
        for width, dark in ((1280, False), (360, False), (360, True)):
            set_viewport(driver, width=width, height=800, dark=dark)
            assert page_width(driver) == width
        colours = driver.execute_script(
            "return [...document.querySelectorAll('.chart text')].map(e => getComputedStyle(e).fill)"
        )
        assert console_messages(driver) == []
        assert requested_hosts(driver) == set()
    assert colours
    assert "rgb(1, 2, 3)" not in colours
