"""Where a pass can be used: what fits this pass, who takes it today, and nothing else of a merchant."""

from datetime import date, timedelta
from uuid import uuid4

import httpx
import pytest

from given.city import Holder, Merchant, a_budget, a_child_of, a_holder, a_merchant, a_scheme
from given.days import NEW_YEAR, TODAY, YEAR
from given.logins import OFFICER
from given.offers import an_offer
from pas.db import Connection
from pas.guide.places import PLACES_ON_A_PAGE
from signed_in import signed_in_holder


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    """With € 112,50 for sport, and nothing for culture."""
    holder = await a_holder(connection, year=YEAR)
    sport = await a_scheme(connection, title="Sport voor iedereen", year=YEAR)
    await a_budget(connection, sport, holder, cents=112_50)
    return holder


async def a_place(
    connection: Connection, name: str, *categories: str, area: str = "IJmuiden-Noord"
) -> Merchant:
    merchant = await a_merchant(connection, name=name, categories=categories or ("sport",))
    await connection.execute(
        "UPDATE location SET area = $2, address = 'Kerkstraat 1', postcode = '1971 AB', city = 'IJmuiden' WHERE id = $1",
        *(merchant.location, area),
    )
    return merchant


async def own(
    client: httpx.AsyncClient, connection: Connection, holder: Holder, ask: str = ""
) -> str:
    visitor = await signed_in_holder(client, connection, holder.id)
    answer = await visitor.look(f"my-pass/{holder.pass_id}/where{ask}")
    assert answer.status_code == 200
    return answer.text


async def everybody(client: httpx.AsyncClient, ask: str = "") -> str:
    answer = await client.get(f"/velsen/where{ask}")
    assert answer.status_code == 200
    return answer.text


async def test_only_what_this_pass_pays_for_is_shown_with_what_is_left(
    client: httpx.AsyncClient, connection: Connection, holder: Holder
) -> None:
    await a_place(connection, "Zwembad De Golfslag")
    await a_place(connection, "Theater De Zee", "culture")
    text = await own(client, connection, holder)

    assert "Zwembad De Golfslag" in text
    assert "Kerkstraat 1, 1971 AB IJmuiden" in text
    assert "Nog € 112,50, tot en met 31 december" in text.replace("\xa0", " ")
    assert "Theater De Zee" not in text
    first = await everybody(client)
    assert 'href="/velsen/where?category=culture"' in first
    assert "1 plek<" in first
    assert "Theater De Zee" in await everybody(client, "?category=culture")


async def test_a_pass_that_ended_leads_nowhere(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    scheme = await a_scheme(connection, categories=("culture",), year=YEAR)
    await a_budget(connection, scheme, holder)
    await connection.execute(
        "UPDATE pass SET ended_on = $2, ended_because = 'moved' WHERE id = $1",
        *(holder.pass_id, TODAY),
    )
    await a_place(connection, "Theater De Zee", "culture")
    text = await own(client, connection, holder)
    assert "Er staat nu geen tegoed op deze pas" in text
    assert "Theater De Zee" not in text


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE merchant SET state = 'suspended'",
        "UPDATE merchant SET kind = 'one_off'",
        "UPDATE agreement SET valid_until = current_date - 1",
        "UPDATE agreement SET valid_from = current_date + 2",
    ],
)
async def test_only_who_takes_the_pass_today_is_named(
    client: httpx.AsyncClient,
    connection: Connection,
    superuser: Connection,
    holder: Holder,
    change: str,
) -> None:
    await a_place(connection, "Zwembad De Golfslag")
    seen = await own(client, connection, holder), await everybody(client)
    await superuser.execute(change)
    await a_place(connection, "Judo")
    after = await own(client, connection, holder), await everybody(client)
    assert all("Zwembad De Golfslag" in text for text in seen)
    assert all("Zwembad De Golfslag" not in text for text in after)
    assert all("Judo" in text for text in after)


async def test_a_closed_location_is_left_out_and_its_merchant_stays(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_place(connection, "Boekhandel")
    await connection.execute("UPDATE location SET ended_on = $1", TODAY)
    text = await everybody(client)
    assert "Kerkstraat 1" not in text
    assert "Boekhandel" in text
    assert merchant.id


async def test_a_budget_for_one_merchant_leads_to_that_one_alone(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    club, other = await a_place(connection, "Judo"), await a_place(connection, "Tennis")
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, await a_scheme(connection, year=YEAR), holder, merchant=club)
    text = await own(client, connection, holder)
    assert "Alleen bij Judo." in text
    assert "Tennis" not in text
    assert other.id


async def test_visits_lead_to_merchants_with_a_price_per_visit_and_to_their_offers_in_visits(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    pool = await a_merchant(connection, name="Zwembad", visit_price_cents=450)
    await a_merchant(connection, name="Sporthal")
    await an_offer(connection, pool.id, title="Vrij zwemmen", priceCents=None, visits=1)
    await an_offer(connection, pool.id, title="Jaarkaart", priceCents=9_000)
    holder = await a_holder(connection, year=YEAR)
    scheme = await a_scheme(connection, visits=10, visit_price_cents=450, year=YEAR)
    await a_budget(connection, scheme, holder, cents=3_150, visits=7)
    text = await own(client, connection, holder)
    assert "Nog 7 bezoeken" in text
    assert "Vrij zwemmen: <strong>1 bezoek</strong>" in text
    assert "Jaarkaart" not in text
    assert "Sporthal" not in text
    assert "Jaarkaart: <strong>€ 90,00</strong>" in (await everybody(client)).replace("\xa0", " ")


async def test_what_surprises_at_the_till_is_told_before(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_place(connection, "Zwembad")
    holder = await a_holder(connection, year=YEAR)
    scheme = await a_scheme(
        connection, precondition="diploma", spend_at_once=True, once_per_year=True, year=YEAR
    )
    await a_budget(connection, scheme, holder)
    text = await own(client, connection, holder)
    for told in ("een zwemdiploma nodig", "in één keer", "één keer per jaar"):
        assert told in text
    await connection.execute(
        "INSERT INTO swimming_diploma (resident_id, obtained_on, ends_on, recorded_at, recorded_by) VALUES ($1, $2, $2, now(), $3)",
        *(holder.id, NEW_YEAR, OFFICER),
    )
    known = await own(client, connection, holder)
    assert "Het zwemdiploma staat bij ons genoteerd." in known
    assert "een zwemdiploma nodig" not in known


async def test_places_are_found_by_area_purpose_and_a_part_of_the_name(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_place(connection, "Zwembad De Golfslag", area="IJmuiden-Noord")
    await a_place(connection, "Zwembad Oost", area="Driehuis")
    await a_place(connection, "Theater", "culture", area="Driehuis")
    by_area = await everybody(client, "?area=Driehuis&category=sport")
    by_name = await everybody(client, "?name=golf")
    nothing = await everybody(client, "?name=bestaat+niet")
    assert "Zwembad Oost" in by_area
    assert "De Golfslag" not in by_area
    assert "Theater" not in by_area
    assert "De Golfslag" in by_name
    assert "Zwembad Oost" not in by_name
    assert "Hier is niets gevonden" in nothing


async def test_many_places_come_in_pages(client: httpx.AsyncClient, connection: Connection) -> None:
    for n in range(PLACES_ON_A_PAGE + 1):
        await a_place(connection, f"Club {n:03}")
    first = await everybody(client, "?category=sport")
    second = await everybody(client, "?category=sport&number=2")
    assert "Club 050" not in first
    assert "category=sport&amp;number=2" in first
    assert "Club 050" in second
    assert "Club 049" not in second
    assert "number=3" not in second


async def test_nothing_that_a_merchant_told_us_alone_is_shown(
    client: httpx.AsyncClient, connection: Connection, superuser: Connection, holder: Holder
) -> None:
    merchant = await a_place(connection, "Zwembad De Golfslag")
    await connection.execute(
        "UPDATE merchant SET kvk_number = '12345678', contact_email = 'an@club.nl', contact_phone = '0612345678' WHERE id = $1",
        merchant.id,
    )
    await superuser.execute(
        """
        INSERT INTO payout_account (id, merchant_id, iban, holder, payee_check, proposed_at, proposed_by)
        VALUES ($1, $2, 'NL91ABNA0417164300', 'Stichting Zwemmen', 'not_done', now(), $3)
        """,
        *(uuid4(), merchant.id, OFFICER),
    )
    for text in (await everybody(client), await own(client, connection, holder)):
        for secret in ("12345678", "an@club.nl", "NL91", "Stichting Zwemmen"):
            assert secret not in text


async def test_another_pass_is_not_there_and_a_childs_is_until_eighteen(
    client: httpx.AsyncClient, connection: Connection, holder: Holder
) -> None:
    young, grown = date(YEAR - 9, 1, 1), TODAY.replace(year=YEAR - 18) - timedelta(days=1)
    child = await a_child_of(connection, holder, name="Bo", birth_date=young, year=YEAR)
    adult = await a_child_of(connection, holder, name="Al", birth_date=grown, year=YEAR)
    stranger = await a_holder(connection, year=YEAR)
    visitor = await signed_in_holder(client, connection, holder.id)
    codes = [
        (await visitor.look(f"my-pass/{one.pass_id}/where")).status_code
        for one in (holder, child, adult, stranger)
    ]
    assert codes == [200, 200, 404, 404]


async def test_the_first_page_leads_to_who_takes_the_pass(client: httpx.AsyncClient) -> None:
    assert 'href="/velsen/where"' in (await client.get("/velsen")).text
