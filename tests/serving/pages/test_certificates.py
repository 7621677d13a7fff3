"""The page of certificates: a card for each cell, what stands of it today, and its picture."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import msgspec
import pytest

from features.evidence import Reason
from models.certificate_curves import Curve
from models.certificates import Certificate
from models.policy import load_policy
from serving.certificates import CertificateBook, Revocation
from serving.champions import Champions
from serving.pages import create_pages
from serving.pages.certificate_picture import curve_svg, described
from tests.support.certificate_labels import EXPIRES, Labels, certified
from tests.support.fake_champions import FakeMatch
from tests.support.fake_items import FakeItems, make_queue
from tests.support.page_client import PageClient

DURING = datetime(2026, 4, 1, tzinfo=UTC)
AFTER = datetime(EXPIRES.year, EXPIRES.month, EXPIRES.day, tzinfo=UTC)
KIND = "remittance-match"


@pytest.fixture(scope="module")
def cells() -> list[tuple[Certificate, Curve]]:
    """A certified cell and one that is not."""
    small = Labels.draw(1, prior=800, fresh=500)
    return [certified(Labels.draw(0)), certified(small, band="1000-to-10000")]


def book(
    cells: list[tuple[Certificate, Curve]], *, revoked: str = "", version: str = "remittance-match-fake"
) -> CertificateBook:
    champions = Champions(
        policy=load_policy(),
        remittance_match=FakeMatch(version),
        certificates={KIND: [certificate for certificate, _ in cells]},
        curves={KIND: [curve for _, curve in cells]},
    )
    return CertificateBook(champions, lambda: {revoked: Revocation(DURING, "3 of 41 checks were wrong.")})


def page(held: CertificateBook, *, now: datetime = DURING) -> str:
    answer = PageClient(create_pages(FakeItems(make_queue()), clock=lambda: now, certificates=held)).get(
        "/certificates"
    )
    assert answer.status_code == 200
    return answer.text


def test_a_live_cell_is_told_with_its_promise_threshold_and_expiry(
    cells: list[tuple[Certificate, Curve]],
) -> None:
    shown = page(book(cells))
    certificate = cells[0][0]
    assert f'id="{certificate.id}"' in shown
    assert f"at most 0.5 % wrong, 95 % sure; checked {certificate.n:,}, wrong {certificate.errors}." in shown
    assert f"{certificate.threshold:.4f}" in shown
    assert "1 Jun 2026" in shown
    assert "1 of 2 live" in shown


def test_an_uncertified_cell_says_what_is_wanting(cells: list[tuple[Certificate, Curve]]) -> None:
    shown = page(book(cells))
    assert "Not certified: a person decides every item of this kind." in shown
    assert re.search(r"Needs about [\d,]+ more checked items, [\d,]+ days at today&#39;s rate", shown)


def test_a_revoked_cell_says_when_and_why_and_what_it_promised(
    cells: list[tuple[Certificate, Curve]],
) -> None:
    shown = page(book(cells, revoked=cells[0][0].id))
    assert "Revoked 1 Apr 2026, 00:00 UTC: 3 of 41 checks were wrong." in shown
    assert "What it promised: auto-posted payments" in shown
    assert "0 of 2 live" in shown


def test_a_certificate_expires_by_itself(cells: list[tuple[Certificate, Curve]]) -> None:
    shown = page(book(cells), now=AFTER)
    assert "Expired" in shown
    assert "0 of 2 live" in shown


def test_a_certificate_of_another_model_is_not_in_force(cells: list[tuple[Certificate, Curve]]) -> None:
    (live, none) = book(cells, version="remittance-match-new").held(DURING.date())
    assert (live.standing, none.standing) == ("not-in-force", "not-certified")


def test_a_certificate_that_promises_less_than_the_policy_asks_for_is_not_in_force(
    cells: list[tuple[Certificate, Curve]],
) -> None:
    lax = msgspec.structs.replace(cells[0][0], alpha=0.02)
    (held,) = book([(lax, cells[0][1])]).held(DURING.date())
    assert held.standing == "not-in-force"


def test_without_certificates_the_page_says_so() -> None:
    assert "A person decides every item" in page(CertificateBook(None))
    assert "A person decides every item" in page(book([]))


def test_a_certificate_without_a_curve_has_a_card_without_a_picture(
    cells: list[tuple[Certificate, Curve]],
) -> None:
    empty = msgspec.structs.replace(cells[0][1], certificate="certificate-of-another")
    assert "No picture was kept" in page(book([(cells[0][0], empty)]))


def test_the_picture_has_a_title_and_a_description_and_neither_script_nor_style(
    cells: list[tuple[Certificate, Curve]],
) -> None:
    for _, curve in cells:
        root = ElementTree.fromstring(curve_svg(curve))  # noqa: S314 - our own
        names = (root.get("aria-labelledby") or "").split()
        assert [found.get("id") for found in root[:2]] == names
        assert root.get("role") == "img"
        assert all(one.tag not in ("script", "style") and "style" not in one.attrib for one in root.iter())
    assert "The walk stopped at a coverage of" in described(cells[0][1])


def test_marks_stand_inside_the_picture_even_where_their_rate_is_above_it(
    cells: list[tuple[Certificate, Curve]],
) -> None:
    curve = cells[1][1]
    assert curve.naive is not None
    far = msgspec.structs.replace(curve.naive.fresh, errors=curve.naive.fresh.n)
    shown = curve_svg(msgspec.structs.replace(curve, naive=msgspec.structs.replace(curve.naive, fresh=far)))
    found = re.search(r'class="naive" d="M([\d.]+) ([\d.]+)', shown)
    assert found
    assert float(found[2]) == 14.0


def test_an_automatic_item_links_its_reason_to_its_certificate() -> None:
    (automatic, *_) = [item for item in make_queue() if item.row.lane == "auto"]
    versions = msgspec.structs.replace(automatic.versions, certificate="certificate-0123456789ab")
    reasons = (Reason("certified", "Certified: at most 0.5 % are wrong."),)
    items = FakeItems([msgspec.structs.replace(automatic, versions=versions, reasons=reasons)])
    shown = PageClient(create_pages(items, clock=lambda: DURING)).get(f"/items/{automatic.row.id}").text
    assert shown.count('href="/certificates#certificate-0123456789ab"') == 2
