"""What is known, who used it and why, and all of it in one file: of oneself, and of nobody else."""

import ast
import json
import re
from datetime import date
from pathlib import Path
from typing import get_args
from uuid import uuid4

import httpx

from given.assessment import a_member, a_scheme_in_force
from given.city import a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.days import NEW_YEAR, NOW, YEAR
from given.logins import a_login
from given.messages import an_address
from given.requests import a_request, as_holder
from given.sales import a_sale_item, desk_of
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.messages.choices import choose
from pas.redemptions.redeem import redeem
from pas.requests.left_out import LEFT_OUT
from pas.requests.sections import MOST, SECTIONS
from pas.requests.used import USES_ON_A_PAGE
from pas.requests.used_words import UNTOLD, why
from pas.residents.look_up import Purpose
from signed_in import signed_in, signed_in_holder

ROOT = Path(__file__).parents[2]
NOTERS = {"note_processing": 2, "note_households": 2}
"""What notes a use, and where among its arguments the activity stands."""
DYNAMIC = {
    "src/pas/grants/deviate.py": {
        "deviation.proposed",
        "deviation.confirmed",
        "deviation.rejected",
    },
    "src/pas/grants/applications.py": {
        "application.received",
        "application.withdrawn",
        "application.moved",
    },
    "src/pas/grants/routes/applications.py": {"application.listed", "application.shown"},
}
"""Where the activity is a variable: what it can be."""
OF_ANYBODY = {
    *("person", "passes", "cards", "budgets", "lines", "decisions", "grants", "choices"),
    *("requests", "changes"),
}
"""Parts of the file in which somebody with a pass, a budget and a request has something."""
LOOKS = re.compile(r'note_look\([^)]*what="([a-z_]+)"')
IN_SQL = re.compile(
    r"INTO processing_log[^;]*?SELECT\s+\S+,\s*'([a-z_.]+)'|INTO processing_log[^;]*?VALUES \(\w+, '([a-z_.]+)'",
    re.DOTALL,
)


def noted_in_python() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src/pas").rglob("*.py"):
        tree = ast.parse(path.read_text())
        constants = {
            node.target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name not in NOTERS:
                continue
            activity = node.args[NOTERS[name]]
            where = str(path.relative_to(ROOT))
            match activity:
                case ast.Constant(value=str(text)):
                    found.add(text)
                case ast.Name(id=constant) if constant in constants:
                    found.add(str(constants[constant]))
                case _:
                    assert where in DYNAMIC, f"say what {where} notes: {ast.unparse(activity)}"
                    found |= DYNAMIC[where]
    return found


def test_every_activity_that_is_noted_has_words_for_whom_it_is_about() -> None:
    schema = (ROOT / "migrations/schema.sql").read_text()
    in_sql = {one or other for one, other in IN_SQL.findall(schema)}
    sources = [path.read_text() for path in (ROOT / "src/pas").rglob("*.py")]
    deeds = {what for source in sources for what in LOOKS.findall(source)}
    looked = {f"resident.{what}.{why}" for what in deeds for why in get_args(Purpose)}
    assert {"shown", "listed", "searched"} <= deeds
    found = noted_in_python() | in_sql | looked | {"void", "refund", "pass.shown"}
    assert len(found) > 30
    assert {"redemption", "confirmation", "card.shown", "request.filed"} <= found
    assert not {activity for activity in found if why(activity) == UNTOLD}


async def test_a_holder_reads_who_when_and_why_in_words(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, await a_scheme(connection, year=YEAR), holder)
    till = await a_till(connection, await a_merchant(connection, name="Zwembad De Golfslag"))
    sold = a_sale_item(till, holder, price=1250, take=1250)
    assert [one.outcome for one in await redeem(desk_of(connection), [sold])] == ["booked"]
    officer = await signed_in(client, connection, Role.OFFICER)
    assert (await officer.look(f"residents/{holder.id}")).status_code == 200
    helper = await a_login(connection, Role.INTERMEDIARY)
    await connection.execute(
        """
        WITH made AS (
            INSERT INTO organisation (id, name, kind, recognised_at, recognised_by)
            VALUES (gen_random_uuid(), 'De Regenboog', 'school', now(), $1) RETURNING id
        )
        INSERT INTO intermediary (login_id, organisation_id, profession, recognised_at, recognised_by)
        SELECT $1, made.id, 'leraar', now(), $1 FROM made
        """,
        helper,
    )
    for kind, by in (("login", helper), ("job", uuid7()), ("holder", uuid7())):
        await connection.execute(
            "INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, trace_id, recorded_at)"
            " VALUES ($1, 'never.heard_of', $2, $3, '', now())",
            *(holder.id, kind, by),
        )
    text = (
        await (await signed_in_holder(client, connection, holder.id)).look(
            f"my-data/{holder.id}/used"
        )
    ).text
    for told in (
        "Kassa van Zwembad De Golfslag",
        "Iemand liet de pas zien om te betalen.",
        "Een medewerker van de gemeente",
        "Een medewerker bekeek de gegevens. Dat was om een vraag te beantwoorden.",
        "Een helper van De Regenboog",
        "Het programma van de gemeente",
    ):
        assert told in text
    assert "Joke de Boer" not in text
    assert "never.heard_of" not in text


async def test_many_uses_come_in_pages_without_a_gap(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    await connection.execute(
        """
        INSERT INTO processing_log (subject_id, activity, actor_kind, actor_id, trace_id, recorded_at)
        SELECT $1, 'card.shown', 'login', $1, '', $2::timestamptz - make_interval(days => n)
        FROM generate_series(1, $3) AS n
        """,
        *(holder.id, NOW, USES_ON_A_PAGE + 3),
    )
    visitor = await signed_in_holder(client, connection, holder.id)
    first, second = [
        (await visitor.look(f"my-data/{holder.id}/used?number={number}")).text for number in (1, 2)
    ]
    said = "Iemand bekeek een kaart, om te helpen."
    assert (first.count(said), second.count(said)) == (USES_ON_A_PAGE, 3)
    assert "number=2" in first
    assert "number=3" not in second


async def test_what_is_known_is_told_with_where_the_income_comes_from(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    known = await a_member(connection, since=NEW_YEAR, income=9_500)
    unknown = await a_member(connection, "H2", since=NEW_YEAR, income=None)
    told = (await (await signed_in_holder(client, connection, known)).look(f"my-data/{known}")).text
    open_ = (
        await (await signed_in_holder(client, connection, unknown)).look(f"my-data/{unknown}")
    ).text
    assert "Wij rekenen met 95% van het sociaal minimum." in told
    assert "Wij kennen het inkomen niet." in open_
    assert told.count("Klopt dit niet?") >= 5


async def test_a_child_that_looks_for_itself_reads_nothing_of_the_income_at_home(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    parent = await a_holder(connection, year=YEAR)
    born = date(YEAR - 15, 1, 1)
    child = await a_child_of(connection, parent, name="Bo", birth_date=born, year=YEAR)
    own = await (await signed_in_holder(client, connection, child.id)).look(f"my-data/{child.id}")
    by_parent = await (await signed_in_holder(client, connection, parent.id)).look(
        f"my-data/{child.id}"
    )
    assert "sociaal minimum" not in own.text
    assert "Wij rekenen met" in by_parent.text


async def test_the_file_has_everything_adds_up_and_says_nothing_secret(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, await a_scheme(connection, year=YEAR), holder, cents=10_000)
    till = await a_till(connection, await a_merchant(connection, name="Zwembad De Golfslag"))
    await redeem(desk_of(connection), [a_sale_item(till, holder, price=1250, take=1250)])
    one = await a_request(connection, holder.id)
    visitor = await signed_in_holder(client, connection, holder.id)
    answer = await visitor.send(f"my-data/{holder.id}/download", {})
    read = json.loads(answer.content)
    parts = {name: part["items"] for name, part in read["parts"].items()}

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    assert all(part["about"] and part["isComplete"] for part in read["parts"].values())
    assert parts["person"][0]["givenName"] == "Sanne"
    (budget,) = parts["budgets"]
    assert budget["balanceCents"] == 8_750 == sum(line["amount"] for line in parts["lines"])
    assert {line["kind"] for line in parts["lines"]} == {"grant", "redeem"}
    assert parts["lines"][-1]["merchant"] == "Zwembad De Golfslag"
    assert parts["requests"][0]["steps"][0]["words"] == "Ik werd niet geholpen aan de balie."
    assert parts["requests"][0]["contentHash"] == one.content_hash.hex()
    assert parts["uses"][0]["merchant"] == "Zwembad De Golfslag"
    assert parts["decisions"]
    assert parts["grants"]
    assert parts["signIns"]
    assert parts["cards"]
    for secret in (str(holder.number), holder.token, "hash", "encrypted"):
        assert str(secret) not in answer.text.replace("contentHash", "")
    event = await connection.fetchrow(
        "SELECT e.actor_id, c.content FROM event e JOIN event_content c ON c.event_id = e.id WHERE e.kind = 'resident.downloaded'"
    )
    assert event is not None
    assert event["actor_id"] == holder.id
    assert event["content"] == "{}"


async def test_the_file_has_nothing_of_somebody_else(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    other = await a_holder(connection, year=YEAR, name="Xandra")
    await a_budget(connection, await a_scheme(connection, year=YEAR), other)
    await a_request(connection, other.id, words="Geheim")
    await choose(connection, other.id, before_lapse="none", actor=as_holder(other.id), now=NOW)
    read = {
        who: {one.name for one in SECTIONS if (await one.read.one(connection, who, MOST)).found}
        for who in (other.id, uuid4())
    }
    assert read.pop(other.id) >= OF_ANYBODY
    assert list(read.values()) == [set()]
    visitor = await signed_in_holder(client, connection, holder.id)
    text = (await visitor.send(f"my-data/{holder.id}/download", {})).text
    for of_other in ("Xandra", "Geheim", str(other.id), str(other.pass_id), str(other.card)):
        assert of_other not in text


async def test_what_a_parent_chose_to_hear_of_a_child_is_in_the_file_of_the_parent_alone(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    parent = await a_holder(connection, year=YEAR)
    child = await a_child_of(connection, parent, birth_date=date(YEAR - 15, 1, 1), year=YEAR)
    await choose(connection, child.id, before_lapse="none", actor=as_holder(parent.id), now=NOW)
    found = {
        who: json.loads(
            (
                await (await signed_in_holder(client, connection, who)).send(
                    f"my-data/{who}/download", {}
                )
            ).content
        )["parts"]["choices"]["items"]
        for who in (parent.id, child.id)
    }
    assert [len(found[parent.id]), len(found[child.id])] == [1, 0]


async def test_an_address_is_told_to_its_person_and_not_to_who_manages_the_pass(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> None:
    ring = KeyStore(tmp_path / "keys").ring(MunicipalityName("velsen"))
    parent = await a_holder(connection, year=YEAR)
    child = await a_child_of(connection, parent, birth_date=date(YEAR - 15, 1, 1), year=YEAR)
    await an_address(connection, child.id, ring=ring)
    found = [
        json.loads((await visitor.send(f"my-data/{child.id}/download", {})).content)
        for visitor in [
            await signed_in_holder(client, connection, one.id) for one in (child, parent)
        ]
    ]
    assert [len(one["parts"]["contacts"]["items"]) for one in found] == [1, 0]


async def test_every_table_that_leads_to_a_person_is_in_the_file_or_left_out_for_a_reason(
    superuser: Connection,
) -> None:
    rows = await superuser.fetch(
        """
        SELECT DISTINCT c.relname AS name FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'velsen'::regnamespace AND c.relkind = 'r' AND (
            a.attname = ANY ($1::text[]) OR EXISTS (
                SELECT 1 FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)
                    AND f.confrelid::regclass::text = ANY ($2::text[])))
        """,
        [
            *(
                "resident_id",
                "subject_id",
                "child_id",
                "adult_id",
                "household_number",
                "person_number",
                "holder_id",
            ),
            *(
                "guardian_number",
                "pass_id",
                "card_id",
                "birth_date",
                "family_name",
                "last_household",
            ),
        ],
        [
            f"{schema}{table}"
            for schema in ("", "velsen.")
            for table in (
                "resident",
                "pass",
                "card",
                "budget",
                "decision",
                "holder_request",
                "child_application",
            )
        ],
    )
    leads = {row["name"] for row in rows}
    told = {table for section in SECTIONS for table in section.tables}
    assert len(leads) > 20
    assert not leads - told - LEFT_OUT.keys(), "put it in a section, or say why it is left out"
    assert not told & LEFT_OUT.keys()
    for section in SECTIONS:
        for table in section.tables:
            assert re.search(rf"(FROM|JOIN) {table}\b", section.read.sql), (section.name, table)
