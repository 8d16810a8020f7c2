"""What a club does on its own pages: its account, its places, its people; and what its page tells to whom."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from given.logins import NOON
from given.merchants import APPROVER, IBAN, OTHER_IBAN, REGISTRAR, a_registered_merchant
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MerchantId
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import approve_account, propose_account
from signed_in import Visitor, signed_in

OTHER = {"name": "Tennisclub", "kvkNumber": "87654321"}
ACCOUNT = {"iban": IBAN, "holder": "Stichting Zwemmen"}
OFFER = {"category": "swimming", "price": "7,50", "from": "2026-06-01"}


class Club:
    """A club with somebody who manages it."""

    def __init__(self, merchant: MerchantId, manager: Visitor) -> None:
        self.at, self.manager = f"merchants/{merchant}", manager
        self.merchant = merchant

    async def look(self, path: str = "") -> str:
        return (await self.manager.look(f"{self.at}{path}")).text

    async def send(self, path: str, **fields: str) -> httpx.Response:
        return await self.manager.send(f"{self.at}{path}", fields)


@pytest.fixture
async def club(client: httpx.AsyncClient, connection: Connection) -> Club:
    merchant = await a_registered_merchant(connection)
    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=merchant)
    return Club(merchant, manager)


async def test_a_club_proposes_an_account_and_takes_it_back(
    club: Club, connection: Connection
) -> None:
    proposed = await club.send("/accounts", **ACCOUNT)
    waits = await club.look("/accounts")
    account = await connection.fetchval("SELECT id FROM payout_account")
    withdrawn = await club.send(f"/accounts/{account}/withdraw")
    after = await club.look("/accounts")

    assert (proposed.status_code, withdrawn.status_code) == (303, 303)
    assert "U stelde deze rekening voor" in waits
    assert "Geef een rekening op" not in waits
    assert "Niet goedgekeurd op" in after
    assert "Ingetrokken door wie de rekening voorstelde." in after
    assert "Geef een rekening op" in after


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "iban"),
        ({"iban": IBAN}, "holder"),
        ({"iban": "NL00ABNA0417164300", "holder": "Noor"}, "iban"),
    ],
)
async def test_what_is_wrong_with_an_account_stands_beside_its_field(
    club: Club, connection: Connection, typed: dict[str, str], field: str
) -> None:
    answer = await club.send("/accounts", **typed)
    assert answer.status_code == 400
    assert f'id="{field}-fout"' in answer.text
    assert await connection.fetchval("SELECT count(*) FROM payout_account") == 0


async def test_the_history_of_accounts_says_from_when_to_when_each_was_paid(
    club: Club, connection: Connection
) -> None:
    for iban, noon in ((IBAN, datetime(2026, 1, 2, 12, tzinfo=UTC)), (OTHER_IBAN, NOON)):
        told = PayoutDetails(iban=iban, holder="Club")
        made = await propose_account(connection, club.merchant, told, actor=REGISTRAR, now=noon)
        await approve_account(connection, club.merchant, made, actor=APPROVER, now=noon)
    shown = await club.look("/accounts")
    assert "Goedgekeurd op 2 januari 2026. In gebruik van 9 januari 2026 tot 8 juni 2026." in shown
    assert "Goedgekeurd op 1 juni 2026. In gebruik sinds 8 juni 2026." in shown
    assert "Geef een andere rekening op" in shown


async def test_an_account_that_somebody_objected_to_in_time_says_that_it_was_never_used(
    club: Club, connection: Connection
) -> None:
    for iban, noon in ((OTHER_IBAN, NOON), (IBAN, NOON + timedelta(days=2))):
        told = PayoutDetails(iban=iban, holder="Club")
        made = await propose_account(connection, club.merchant, told, actor=REGISTRAR, now=noon)
        await approve_account(connection, club.merchant, made, actor=APPROVER, now=noon)
    shown = await club.look("/accounts")
    assert "Goedgekeurd op 1 juni 2026. Niet gebruikt: er kwam een andere rekening." in shown
    assert "Goedgekeurd op 3 juni 2026. In gebruik sinds 10 juni 2026." in shown


async def test_who_may_only_look_proposes_no_account(
    club: Club, client: httpx.AsyncClient, connection: Connection
) -> None:
    auditor = await signed_in(client, connection, Role.AUDITOR)
    assert "Geef een rekening op" not in (await auditor.look(f"{club.at}/accounts")).text
    assert (await auditor.send(f"{club.at}/accounts", ACCOUNT)).status_code == 403


async def test_a_club_adds_changes_and_closes_a_place(club: Club, connection: Connection) -> None:
    await connection.execute("UPDATE location SET area = 'Zee- en Duinwijk'")
    added = await club.send("/locations/new", name="Zaal Oost", postcode="1972ab", city="IJmuiden")
    place = await connection.fetchval("SELECT id FROM location WHERE name = 'Zaal Oost'")
    old = await connection.fetchval("SELECT id FROM location WHERE name = 'Zwembad'")
    changed = await club.send(f"/locations/{old}", name="Zwembad", address="Badweg 1")
    closed = await club.send(f"/locations/{place}/close")
    shown = await club.look("/locations")
    opened = await club.send(f"/locations/{place}/open")

    answers = (added, changed, closed, opened)
    assert [one.status_code for one in answers] == [303, 303, 303, 303]
    assert "Zaal Oost" in shown
    assert "1972 AB, IJmuiden" in shown
    assert "Gesloten sinds" in shown
    assert "Gesloten sinds" not in await club.look("/locations")
    assert await connection.fetchval("SELECT area FROM location WHERE id = $1", old) == (
        "Zee- en Duinwijk"
    ), "what is not asked is kept"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Zaal", "postcode": "19 XX"}, "postcode"),
        ({"name": "Zaal", "city": "x" * 81}, "city"),
    ],
)
async def test_what_is_wrong_with_a_place_stands_beside_its_field(
    club: Club, connection: Connection, typed: dict[str, str], field: str
) -> None:
    place = await connection.fetchval("SELECT id FROM location")
    for path in ("new", str(place)):
        answer = await club.send(f"/locations/{path}", **typed)
        assert answer.status_code == 400
        assert f'id="{field}-fout"' in answer.text
    assert await connection.fetchval("SELECT array_agg(name) FROM location") == ["Zwembad"]


async def test_a_place_is_closed_or_opened_and_nothing_else(
    club: Club, connection: Connection
) -> None:
    place = await connection.fetchval("UPDATE location SET ended_on = '2027-01-01' RETURNING id")
    assert (await club.send(f"/locations/{place}/sell")).status_code == 404
    assert await connection.fetchval("SELECT ended_on FROM location") is not None


async def test_a_club_invites_somebody_and_ends_their_access(
    club: Club, connection: Connection
) -> None:
    wrong = await club.send("/staff", name="Wim Vos", email="wim")
    invited = await club.send("/staff", name="Wim Vos", email="wim@club.example")
    login = await connection.fetchval("SELECT id FROM login WHERE name = 'Wim Vos'")
    shown, asked = await club.look("/staff"), await club.look(f"/staff/{login}/end")
    ended = await club.send(f"/staff/{login}/end")

    assert 'id="email-fout"' in wrong.text
    assert "/velsen/sign-in/provider?invitation=" in invited.text
    assert f"/staff/{login}/end" in shown
    assert f"/staff/{club.manager.login}/end" not in shown, "not oneself"
    assert "Stop de toegang van Wim Vos?" in asked
    assert ended.status_code == 303
    assert "Wim Vos" not in await club.look("/staff")


async def test_the_page_of_a_club_tells_its_own_people_everything(club: Club) -> None:
    await club.send("/accounts", **ACCOUNT)
    await club.send("/staff", name="Wim Vos")
    shown = await club.look()
    for told in (
        "De volgende uitbetaling",
        "Er is nog niets verkocht.",
        "wacht tot een tweede persoon haar nakijkt",
        "Zwembad",
        "Afspraken",
        "Wim Vos",
        "Er is nog geen kassa.",
    ):
        assert told in shown
    for way in (
        "payouts",
        "accounts",
        "locations",
        "offers",
        "staff",
        "tills",
        "awards",
        "offline-sales",
    ):
        assert f'href="/velsen/{club.at}/{way}"' in shown
    assert 'href="/velsen/till/sales"' in shown


async def test_the_page_of_a_club_tells_others_no_money_and_no_people(
    club: Club, client: httpx.AsyncClient, connection: Connection
) -> None:
    await club.send("/staff", name="Wim Vos")
    officer = await signed_in(client, connection, Role.OFFICER)
    counter = await signed_in(client, connection, Role.COUNTER)
    theirs, sold = [(await one.look(club.at)).text for one in (officer, counter)]
    for hidden in (
        "De volgende uitbetaling",
        "Laatste verkopen",
        "Wim Vos",
        "/locations",
        "/staff",
    ):
        assert hidden not in theirs
    assert f"/velsen/till/sales?payee={club.merchant}" in sold


async def test_another_club_is_refused_on_each_page(
    club: Club, client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_registered_merchant(connection, details=OTHER)
    other = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=merchant)
    for path in ("", "/accounts", "/locations", "/locations/new", "/staff"):
        assert (await other.look(f"{club.at}{path}")).status_code == 403
    account, place = dict(ACCOUNT), {"name": "Elders"}
    for path, form in (("/accounts", account), ("/locations/new", place), ("/staff", place)):
        assert (await other.send(f"{club.at}{path}", form)).status_code == 403
    assert await connection.fetchval("SELECT count(*) FROM payout_account") == 0
    assert await connection.fetchval("SELECT count(*) FROM location WHERE name = 'Elders'") == 0


async def test_a_club_makes_changes_moves_and_ends_an_offer(
    club: Club, connection: Connection
) -> None:
    for title in ("Dagkaart", "Badmuts"):
        made = await club.send("/offers/new", title=title, **OFFER)
        assert made.status_code == 303, made.text
    day_card, cap = await connection.fetchval("SELECT array_agg(id ORDER BY place) FROM offer")
    other = await club.send(f"/offers/{cap}/sell")
    raised = await club.send(f"/offers/{cap}/up")
    changed = await club.send(f"/offers/{cap}", title="Muts", seen="1", **OFFER)
    stale = await club.send(f"/offers/{cap}", title="Pet", seen="1", **OFFER)
    ended = await club.send(f"/offers/{day_card}/end")
    shown = await club.look("/offers")

    assert [one.status_code for one in (raised, changed, ended)] == [303, 303, 303]
    assert (other.status_code, stale.status_code) == (404, 400)
    assert "Iemand anders veranderde dit aanbod net." in stale.text
    assert shown.index("Muts") < shown.index("Gestopt") < shown.index("Dagkaart")
