"""A holder applies, keeps a receipt, reads the decision with its reasons, and sets a card going."""

from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from given.assessment import a_member, a_scheme_in_force
from given.city import a_child_of, a_holder
from given.days import NEW_YEAR, NOW, TODAY, YEAR
from given.merchants import REGISTRAR
from pas.auth.keys import KeyStore
from pas.db import Connection
from pas.ids import MunicipalityName, ResidentId, uuid7
from pas.passes.issue import issue_cards
from pas.passes.make_cards import IssuedCard, Press
from pas.web.dates import day
from signed_in import Visitor, signed_in_holder


@pytest.fixture
async def parent(connection: Connection) -> ResidentId:
    """Of a household whose income nobody knows, in a city that pays for sport."""
    await a_scheme_in_force(connection, valid_from=NEW_YEAR, income_limit=11_000)
    return await a_member(connection, since=NEW_YEAR, income=None)


@pytest.fixture
async def holder(client: httpx.AsyncClient, connection: Connection, parent: ResidentId) -> Visitor:
    return await signed_in_holder(client, connection, parent)


async def test_who_has_no_pass_applies_once_and_gets_a_receipt_with_time_and_hash(
    holder: Visitor, connection: Connection
) -> None:
    start = (await holder.look("my-pass")).text
    asked = (await holder.look("apply")).text
    form = {"id": str(uuid7())}
    first, again = [await holder.send("apply", form) for _ in range(2)]
    receipt = (await holder.look(first.headers["location"].removeprefix("/velsen/"))).text
    row = await connection.fetchrow(
        "SELECT channel, applied_by_kind, encode(content_hash, 'hex') AS hash FROM household_application"
    )
    back = await holder.look("apply")

    assert 'href="/velsen/apply"' in start
    assert "voor iedereen in huis" in asked
    assert row is not None
    assert (row["channel"], row["applied_by_kind"]) == ("page", "holder")
    assert first.headers["location"] == again.headers["location"] == back.headers["location"]
    assert row["hash"] in receipt.replace(" ", "")
    assert f"{YEAR}" in receipt
    assert "Wij zoeken uw inkomen uit." in receipt


async def test_whoever_applied_is_told_so_wherever_they_look(holder: Visitor) -> None:
    await holder.send("apply", {"id": str(uuid7())})
    for path in ("my-pass", "my-decision"):
        text = (await holder.look(path)).text
        assert "Uw aanvraag is binnen." in text
        assert "De pas aanvragen" not in text


async def test_a_pass_whose_card_is_not_made_yet_says_that_it_comes(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    known = await a_member(connection, since=NEW_YEAR, income=9_500)
    await a_scheme_in_force(connection, valid_from=NEW_YEAR, income_limit=11_000)
    holder = await signed_in_holder(client, connection, known)
    await holder.send("apply", {"id": str(uuid7())})
    assert "Uw kaart komt nog" in (await holder.look("my-pass")).text


async def test_whose_income_is_known_reads_the_decision_at_once_and_until_when_to_object(
    client: httpx.AsyncClient, connection: Connection, parent: ResidentId
) -> None:
    known = await a_member(connection, "H2", since=NEW_YEAR, income=9_500)
    holder = await signed_in_holder(client, connection, known)
    before = (await holder.look("my-decision")).text
    sent = await holder.send("apply", {"id": str(uuid7())})
    receipt = (await holder.look(sent.headers["location"].removeprefix("/velsen/"))).text
    decision = (await holder.look("my-decision")).text
    pass_id = await connection.fetchval("SELECT id FROM pass WHERE resident_id = $1", known)
    manage = (await holder.look(f"my-pass/{pass_id}/manage")).text

    assert "is nog niets beslist" in before
    assert "Wij hebben al beslist." in receipt
    assert "Dit krijgt u" in decision
    assert "Het inkomen is 95% van het sociaal minimum." in decision
    assert f"tot en met {day(TODAY + timedelta(weeks=6))}" in decision
    assert f'href="/velsen/my-decision/{known}"' in manage


async def test_a_child_does_not_apply_and_sees_no_receipt_of_others(
    client: httpx.AsyncClient, connection: Connection, holder: Visitor
) -> None:
    sent = await holder.send("apply", {"id": str(uuid7())})
    receipt = sent.headers["location"].removeprefix("/velsen/")
    child = await a_member(connection, born=date(YEAR - 10, 1, 1), since=NEW_YEAR, income=None)
    neighbour = await a_member(connection, "H2", since=NEW_YEAR, income=None)
    young = await signed_in_holder(client, connection, child)
    other = await signed_in_holder(client, connection, neighbour)

    refused = await young.look("apply")
    assert refused.status_code == 403
    assert "Laat een ouder of verzorger de aanvraag doen." in refused.text
    assert (await young.send("apply", {"id": str(uuid7())})).status_code == 403
    assert (await other.look(receipt)).status_code == 404


async def test_a_father_and_a_son_of_one_name_are_told_apart(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    born = date(YEAR - 9, 1, 1)
    parent = await a_holder(connection, name="Yusuf", year=YEAR)
    for name in ("Yusuf", "Ahmet"):
        await a_child_of(connection, parent, name=name, birth_date=born, year=YEAR)
    father = await signed_in_holder(client, connection, parent.id)
    for path in ("my-pass", "my-decision"):
        text = (await father.look(path)).text
        assert f"Yusuf ({born.year})" in text
        assert ">Ahmet<" in text


async def test_a_parent_reads_the_decision_about_a_child_and_no_stranger_does(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    parent, stranger = [await a_holder(connection, year=YEAR) for _ in range(2)]
    child = await a_child_of(
        connection, parent, name="Deniz", birth_date=date(YEAR - 9, 1, 1), year=YEAR
    )
    mother = await signed_in_holder(client, connection, parent.id)
    other = await signed_in_holder(client, connection, stranger.id)

    assert "De beslissing over Deniz" in (await mother.look(f"my-decision/{child.id}")).text
    assert (await other.look(f"my-decision/{child.id}")).status_code == 404


@pytest.fixture
async def card(connection: Connection, parent: ResidentId, tmp_path: Path) -> IssuedCard:
    press = Press(KeyStore(tmp_path).ring(MunicipalityName("velsen")))
    (made,) = await issue_cards(
        connection, [parent], form="paper", press=press, actor=REGISTRAR, now=NOW
    )
    return made


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [
        ("", "34679CFH", "Typ het nummer dat op de kaart staat."),
        ("1234 5678 9012", "34679CFH", "nummer"),
        ("", "", "Typ de code uit de brief."),
        ("right", "12", "De code heeft 8 tekens."),
        ("right", "34679CFH", "Bel ons gerust. Wij helpen u meteen."),
    ],
)
async def test_a_mistake_with_a_card_is_said_beside_its_field(
    holder: Visitor, card: IssuedCard, *, number: str, code: str, sentence: str
) -> None:
    typed = card.codes.number if number == "right" else number
    answer = await holder.send("sign-in/card", {"number": typed, "code": code})
    assert answer.status_code == 400
    assert sentence in answer.text
