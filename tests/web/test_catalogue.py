"""The list of refusals is closed, complete and written down."""

from pathlib import Path

import httpx
import pytest

from pas.app.catalogue import all_refusals, as_markdown
from pas.errors import Refusal, TillRefusal

WRITTEN = Path(__file__).parents[2] / "docs" / "problems.md"


def test_docs_problems_md_names_every_refusal() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == as_markdown(), (
        "run: pas problems > docs/problems.md"
    )


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code() for refusal in all_refusals()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("refusal", all_refusals(), ids=lambda refusal: refusal.code())
def test_every_refusal_has_a_title_a_status_and_a_next_step(refusal: type[Refusal]) -> None:
    assert refusal.__doc__, "the docstring is the title"
    assert refusal.title().endswith((".", "?"))
    assert 400 <= refusal.status < 600
    assert refusal.status != 422, "the API design rules want 400"
    assert refusal.next_step.endswith((".", "?"))


@pytest.mark.parametrize(
    "refusal",
    [refusal for refusal in all_refusals() if issubclass(refusal, TillRefusal)],
    ids=lambda refusal: refusal.code(),
)
def test_a_refusal_at_the_till_has_its_own_sentences(refusal: type[TillRefusal]) -> None:
    for sentence in (refusal.cashier, refusal.holder, refusal.next_step):
        assert sentence.endswith((".", "?"))
    assert refusal.next_step != Refusal.next_step, "what now, at this till?"


async def test_the_type_of_a_problem_can_be_opened(client: httpx.AsyncClient) -> None:
    answer = await client.get("/problems/body-too-large", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "Stuur minder gegevens in één keer." in answer.text
    assert (await client.get("/problems/nonsense")).status_code == 404
