"""Every refusal tells cashier and holder what to do, in plain words, and shames nobody."""

import re

import pytest

from pas.errors import TillRefusal
from pas.passes import codes
from pas.redemptions import amount_refusals, refusals
from pas.redemptions.offline import refusals as offline_refusals
from pas.redemptions.refusals import TILL_REFUSALS

# At a till nobody hears why somebody has a pass, or is suspected of anything.
NEVER_SAID = re.compile(
    r"inkomen|minima|bijstand|uitkering|arm|schuld|fraude|misbruik|vals|verdacht|gestolen|bsn"
    r"|geboorte|adres|saldo|fout van|verboden|illegaal|sociaal",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!]) ", text)


def in_modules() -> set[type[TillRefusal]]:
    return {
        found
        for module in (codes, refusals, amount_refusals, offline_refusals)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, TillRefusal) and found is not TillRefusal
    }


def test_the_list_is_closed() -> None:
    assert set(TILL_REFUSALS) == in_modules()
    assert len(TILL_REFUSALS) == len({refusal.code() for refusal in TILL_REFUSALS})


@pytest.mark.parametrize("refusal", TILL_REFUSALS, ids=lambda refusal: refusal.code())
class TestEachRefusal:
    def test_speaks_to_cashier_and_holder_and_names_a_next_step(
        self, refusal: type[TillRefusal]
    ) -> None:
        for text in (refusal.title(), refusal.cashier, refusal.holder, refusal.next_step):
            assert re.fullmatch(r"[A-Z](.|\n)*[.?]", text)

    def test_uses_sentences_of_at_most_twelve_words(self, refusal: type[TillRefusal]) -> None:
        for text in (refusal.title(), refusal.cashier, refusal.holder, refusal.next_step):
            assert all(len(sentence.split()) <= 12 for sentence in sentences(text))
            assert len(sentences(text)) <= 2

    def test_shames_nobody_and_reveals_nothing(self, refusal: type[TillRefusal]) -> None:
        for text in (refusal.title(), refusal.cashier, refusal.holder, refusal.next_step):
            assert not NEVER_SAID.search(text)

    def test_is_an_answer_a_client_understands(self, refusal: type[TillRefusal]) -> None:
        assert refusal.status in {400, 401, 403, 404, 409, 429, 503}
        assert re.fullmatch(r"[a-z][a-z0-9-]{1,60}", refusal.code())
        assert refusal().detail == refusal.cashier


def test_only_an_answer_that_can_change_with_another_try_leaves_the_id_free() -> None:
    again = {refusal.code() for refusal in TILL_REFUSALS if not refusal.sticky}
    assert {
        *("busy", "condition-not-confirmed", "till-paused"),
        *("card-unreadable", "card-number-mistyped", "phone-code-not-accepted", "card-unknown"),
    } <= again
    assert not again & {"budget-empty", "card-blocked", "no-budget", "category-not-agreed"}
