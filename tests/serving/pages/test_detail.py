"""The detail page of every kind of item."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from serving.pages import create_pages
from tests.serving.pages.test_list import text_of
from tests.support.builders import make_claim_payment
from tests.support.fake_items import FakeItems, make_denial_risk, make_match, make_tie
from tests.support.page_client import PageClient


def page_of(item: object) -> str:
    client = PageClient(create_pages(FakeItems([item])))  # type: ignore[list-item]
    answer = client.get("/items/item-1")
    assert answer.status_code == 200
    return answer.text


def test_a_match_shows_the_payment_beside_the_proposed_claim_field_by_field(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1").text)
    assert "Which claim does this payment of $168.00 belong to?" in page
    assert "Claim control number A-1001 A-1001 same" in page
    assert "similar 87 %" in page
    assert "Referral not given not given missing" in page


def test_characters_that_differ_are_marked(client: PageClient) -> None:
    assert "JO<mark>H</mark>NSON" in client.get("/items/item-1").text


def test_another_candidate_is_shown_by_its_rank(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1?candidate=3").text)
    assert "payment and claim 3, B-7731" in page
    assert "Billed amount $2 75 .00 $2 90 .00 differs" in page
    assert "Choose this claim" in page
    assert "Accept this claim" not in page


def test_every_field_shows_its_weight_with_the_runner_up_beside_it(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1").text)
    assert "Agreement Weight Runner-up, claim 2" in page
    assert "A-1001 A-1001 same +1.2 speaks for it A-100 2 −1.6 speaks against it" in page
    assert "Besides the fields +1.9 No other claim fits as well −4.9 Where every candidate starts" in page
    other = text_of(client.get("/items/item-1?candidate=3").text)
    assert "Best, claim 1" in other
    assert "$2 75 .00 $2 90 .00 differs −1.6 speaks against it $275.00 +1.2 speaks for it" in other


def test_the_margin_is_told_in_words(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1").text)
    assert "Claim 1 is ahead of claim 2, the next likeliest answer, by 87.1 percentage points." in page
    assert "the control number and the first day of service decide." in page
    assert "Claim 1 and claim 2 are equally likely." in text_of(page_of(make_tie()))


def test_where_nothing_was_weighed_no_weight_is_shown() -> None:
    item = make_match()
    plain = tuple(
        replace(
            one,
            evidence=tuple(replace(row, weight=None) for row in one.evidence),
            beside=(),
            log_odds=None,
        )
        for one in item.candidates
    )
    page = text_of(page_of(replace(item, candidates=plain, margin=None)))
    assert "Field Payment Claim 1 Agreement Runner-up, claim 2" in page
    for word in ("Weight", "speaks for it", "Besides the fields", "percentage points"):
        assert word not in page


def test_a_single_candidate_stands_without_a_runner_up() -> None:
    item = make_match()
    page = text_of(page_of(replace(item, candidates=item.candidates[:1])))
    assert "Runner-up" not in page


def test_a_rank_beyond_the_candidates_shows_the_best(client: PageClient) -> None:
    assert "payment and claim 1, A-1001" in text_of(client.get("/items/item-1?candidate=9").text)


def test_the_probabilities_of_candidates_and_of_none_are_shown(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1").text)
    for figure in (
        "91.2 %",
        "4.1 %",
        "2.2 %",
        "None of these the payment belongs to no claim in this system 2.5 %",
    ):
        assert figure in page


def test_service_lines_of_both_sides_stand_together(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1").text)
    assert (
        "Payment 1 99213-25 5 Mar 2024 $150.00 $88.00 CO-45 $40.00, PR-2 $22.00 same Claim 1, line 1 99213-25"
        in page
    )
    other = text_of(client.get("/items/item-1?candidate=3").text)
    assert "differs: amount" in other
    assert "payment only Claim 3 no billed line" in other


def test_the_score_comes_with_its_meaning_its_reasons_and_its_versions(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1").text)
    assert "about 91 belong to the first claim listed" in page
    assert "That figure is fairly firm (87.1–94.4 %)." in page
    assert "speaks for The payer sent back the claim number of this claim." in page
    assert "rule Payments under $1,000 need one look by a reviewer." in page
    assert "remittance-match-3f2a9c01d4b7" in page
    assert "policy-9b1c44de" in page


def test_where_none_is_likelier_none_of_these_is_the_proposal() -> None:
    page = text_of(page_of(make_match(none_probability=0.8)))
    assert "None of these proposed the payment belongs to no claim" in page
    assert "Needed for “Choose this claim”." in page


def test_a_payment_without_a_candidate_can_still_be_decided() -> None:
    page = text_of(
        page_of(
            replace(make_match(none_probability=1.0, confidence=None), candidates=(), low=None, high=None)
        )
    )
    assert "No open claim comes near this payment" in page
    assert "there is nothing to be sure of" in page
    assert "No model has scored" not in page
    assert "0 %" not in page
    assert "None of these" in page


def test_claims_that_fit_equally_well_are_named_so() -> None:
    page = text_of(page_of(make_tie()))
    assert "2 claims fit equally well" in page
    assert "A-1002 as likely" in page


def test_a_payment_that_does_not_balance_is_pointed_out() -> None:
    item = replace(make_match(), subject=make_claim_payment(balanced=False, paid=Decimal("1.00")))
    assert "The amounts of this payment do not add up" in page_of(item)


def test_a_reversal_is_called_one() -> None:
    item = make_match()
    taken_back = replace(item, subject=make_claim_payment(status="22", paid=Decimal("-168.00")))
    assert "Which claim does this reversal of" in text_of(page_of(taken_back))


def test_the_payment_is_told_with_the_claim_number_that_the_payer_sent(client: PageClient) -> None:
    page = text_of(client.get("/items/item-1").text)
    assert "The payment Claim number A-1001 Payer" in page


def test_a_certificate_that_let_nothing_go_is_not_shown_as_if_it_had() -> None:
    item = make_match()
    held = replace(item, versions=replace(item.versions, certificate="certificate-0a1b2c3d"))
    page = text_of(page_of(held))
    assert "certificate-0a1b2c3d , which does not cover this item" in page
    bare = replace(item, versions=replace(item.versions, certificate=None))
    assert "Certificate none: a person decides" in text_of(page_of(bare))


def test_a_denial_risk_shows_the_claim_its_lines_and_the_reasons(client: PageClient) -> None:
    page = text_of(client.get("/items/item-2").text)
    assert "Can this claim of $2,275.00 go out as it is?" in page
    assert "about 31 are paid without a denial" in page
    assert "raises the risk This payer asks for a prior authorization" in page
    assert "lowers the risk The claim was filed within" in page
    assert "Release the claim Hold and correct" in page


def test_a_safe_claim_proposes_release_and_asks_a_reason_only_for_holding() -> None:
    page = page_of(make_denial_risk("item-1", confidence=0.97))
    assert "Needed for “Hold and correct”." in text_of(page)
    assert 'value="accept" class="primary"' in page


def test_a_rejected_claim_says_what_the_answer_means(client: PageClient) -> None:
    page = text_of(client.get("/items/item-3").text)
    assert "A7 – rejected: information is invalid" in page
    assert "the filing deadline still runs" in page
    assert "No model has scored this item" in page


def test_unreadable_data_says_what_is_wrong_and_where(client: PageClient) -> None:
    page = text_of(client.get("/items/item-4").text)
    assert "a claim payment does not balance and was set aside" in page
    assert "1,204 of the file" in page


def test_an_automatic_item_names_its_certificate_and_cannot_be_decided(client: PageClient) -> None:
    html = client.get("/items/item-5").text
    assert "It went under the certificate certificate-under-1000-5e1d" in text_of(html)
    assert "<form" not in html


def test_an_unknown_item_is_a_page_that_says_so(client: PageClient) -> None:
    answer = client.get("/items/nothing")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_no_patient_data_stands_in_links_or_in_the_title(client: PageClient) -> None:
    html = client.get("/items/item-1").text
    addresses = " ".join(part.split('"')[0] for part in html.split('href="')[1:])
    title = html[html.index("<title>") : html.index("</title>")]
    for secret in ("JONSON", "A-1001", "W123456789"):
        assert secret in html
        assert secret not in addresses
        assert secret not in title


def test_names_are_escaped_wherever_they_stand() -> None:
    attack = "<script>alert('x')</script>\"'>"
    item = make_match(payer_name=attack, claim_id=attack)
    payment = make_claim_payment(payer_name=attack, patient_last=attack, trace_number=attack)
    client = PageClient(create_pages(FakeItems([replace(item, subject=payment, file_name=attack)])))
    for address in ("/", "/items/item-1"):
        html = client.get(address).text
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html
