"""What a telephone shows, byte for byte: signed, for this municipality, this card and this while."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import png
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from given.logins import a_key_store
from given.sales import NOW, TODAY, budget_facts, sale_facts
from pas import base45
from pas.auth.key_files import end_key, rotate_key
from pas.auth.keys import KeyRing, KeyStore, Purpose
from pas.ids import CardId, MunicipalityName, TillId
from pas.money import Cents
from pas.passes.codes import CardForeign, CardUnreadable, PhoneText, read_at_till
from pas.passes.phone_codes import (
    LIVES,
    TICKET_LIVES,
    PhoneCode,
    PhoneCodeForged,
    make_code,
    make_ticket,
    read_phone_text,
)
from pas.qr import draw_png, modules
from pas.redemptions.facts import CardFacts, CodeFacts, Request
from pas.redemptions.refusals import (
    PhoneCodeExpired,
    PhoneCodeUsed,
    PhoneRemoved,
    TillTicketExpired,
)
from pas.redemptions.rules import decide
from pas.redemptions.verdicts import Quote, Refused

VELSEN, ALMERE = MunicipalityName("velsen"), MunicipalityName("almere")
CARD = CardId(UUID(int=7))
TILL, OTHER_TILL = TillId(UUID(int=1)), TillId(UUID(int=2))
MOMENT = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path, cities=("velsen", "almere"))


@pytest.fixture
def ring(store: KeyStore) -> KeyRing:
    return store.ring(VELSEN)


def read(text: str, ring: KeyRing, *, till: TillId = TILL) -> PhoneCode:
    shown = read_at_till(text)
    assert isinstance(shown, PhoneText)
    return read_phone_text(shown, ring, till=till)


@given(st.binary(max_size=200))
def test_base_45_reads_back(content: bytes) -> None:
    assert base45.decoded(base45.encoded(content)) == content


def test_base_45_is_that_of_the_standard() -> None:
    """The examples of RFC 9285."""
    assert base45.encoded(b"AB") == "BB8"
    assert base45.encoded(b"Hello!!") == "%69 VD92EX0"
    assert base45.encoded(b"base-45") == "UJCLQE7W581"
    assert base45.decoded("QED8WEX0") == b"ietf!"


@pytest.mark.parametrize("text", ["GGW", ":::", "A", "bb8", "BB8é", "ZZ"])
def test_what_no_bytes_are_written_as_is_no_base_45(text: str) -> None:
    with pytest.raises(ValueError, match="45"):
        base45.decoded(text)


def test_a_code_says_whose_card_until_when_and_its_own_number(ring: KeyRing) -> None:
    text, until = make_code(ring, CARD, now=MOMENT)
    first, second = read(text, ring), read(make_code(ring, CARD, now=MOMENT)[0], ring)
    assert (first.kind, first.card_id, first.until) == ("code", CARD, until)
    assert until == MOMENT + LIVES
    assert first.nonce != second.nonce
    assert first.nonce.hex() not in repr(first)


def test_a_code_fits_a_small_square_and_another_program_reads_it(ring: KeyRing) -> None:
    text, _ = make_code(ring, CARD, now=MOMENT)
    version = (len(modules(text)) - 17) // 4
    assert version <= 8

    _, _, rows, _ = png.Reader(bytes=draw_png(text)).asDirect()
    picture = [[255 * dot for dot in row] for row in rows]
    dots = bytes(dot for row in picture for dot in row)
    found = zxingcpp.read_barcode(memoryview(dots).cast("B", shape=[len(picture), len(picture[0])]))
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("wrap", [str, str.lower, "]Q1{}".format, " {}\r\n".format])
def test_a_scanner_may_shout_whisper_and_put_things_around_it(
    ring: KeyRing, wrap: Callable[[str], str]
) -> None:
    text, _ = make_code(ring, CARD, now=MOMENT)
    assert read(wrap(text), ring).card_id == CARD


def test_every_byte_of_a_code_counts(ring: KeyRing) -> None:
    content = base45.decoded(make_code(ring, CARD, now=MOMENT)[0][4:])
    for at in range(len(content)):
        altered = bytearray(content)
        altered[at] ^= 1
        with pytest.raises((PhoneCodeForged, CardUnreadable, CardForeign)):
            read("SP1:" + base45.encoded(bytes(altered)), ring)


def test_every_byte_of_a_ticket_counts(ring: KeyRing) -> None:
    ticket = make_ticket(ring, read(make_code(ring, CARD, now=MOMENT)[0], ring), till=TILL)
    content = base45.decoded(ticket[4:])
    for at in range(len(content)):
        altered = bytearray(content)
        altered[at] ^= 1
        with pytest.raises((PhoneCodeForged, CardUnreadable, CardForeign)):
            read("SP1:" + base45.encoded(bytes(altered)), ring)


@pytest.mark.parametrize("text", ["SP1:", "SP1:!!!", "SP1:00", "SP1:" + "0" * 152, "SP1:GGW"])
def test_what_has_not_the_form_of_a_code_is_no_code(ring: KeyRing, text: str) -> None:
    with pytest.raises(CardUnreadable):
        read(text, ring)


def test_a_code_of_another_municipality_is_of_another_municipality(store: KeyStore) -> None:
    text, _ = make_code(store.ring(ALMERE), CARD, now=MOMENT)
    with pytest.raises(CardForeign):
        read(text, store.ring(VELSEN))


def test_a_tag_that_was_changed_makes_no_code_of_another_municipality(ring: KeyRing) -> None:
    """Two municipalities may share a tag, and by a mistake of ours a key: the name itself is signed."""
    namesake = replace(ring, municipality=ALMERE)
    theirs = base45.decoded(make_code(namesake, CARD, now=MOMENT)[0][4:])
    ours = base45.decoded(make_code(ring, CARD, now=MOMENT)[0][4:])
    with pytest.raises(PhoneCodeForged):
        read("SP1:" + base45.encoded(theirs[:1] + ours[1:5] + theirs[5:]), ring)


def test_a_code_outlives_a_new_key_but_not_the_end_of_its_own(store: KeyStore) -> None:
    text, _ = make_code(store.ring(VELSEN), CARD, now=MOMENT)
    old = store.ring(VELSEN).current(Purpose.PHONE_CODE)
    rotate_key(store, VELSEN, purpose=Purpose.PHONE_CODE, now=MOMENT)
    assert read(text, store.ring(VELSEN)).card_id == CARD
    assert read(make_code(store.ring(VELSEN), CARD, now=MOMENT)[0], store.ring(VELSEN))

    end_key(store, VELSEN, old.key_id)
    with pytest.raises(PhoneCodeForged):
        read(text, store.ring(VELSEN))


def test_a_ticket_says_what_its_code_said_to_one_till(store: KeyStore, ring: KeyRing) -> None:
    code = read(make_code(ring, CARD, now=MOMENT)[0], ring)
    ticket = make_ticket(ring, code, till=TILL)
    said = read(ticket, ring)
    assert (said.kind, said.card_id, said.nonce) == ("ticket", CARD, code.nonce)
    assert said.until == MOMENT + TICKET_LIVES
    with pytest.raises(PhoneCodeForged):
        read(ticket, ring, till=OTHER_TILL)
    with pytest.raises(CardForeign):
        read(ticket, store.ring(ALMERE))


def test_a_ticket_for_a_ticket_lasts_no_longer(ring: KeyRing) -> None:
    first = read(
        make_ticket(ring, read(make_code(ring, CARD, now=MOMENT)[0], ring), till=TILL), ring
    )
    second = read(make_ticket(ring, first, till=TILL), ring)
    assert second == first


def test_code_and_ticket_name_the_card_at_the_same_place(ring: KeyRing) -> None:
    """By these characters the till's page knows a telephone again; see whichPass in codes.js."""
    texts = [make_code(ring, CARD, now=MOMENT)[0] for _ in range(2)]
    texts.append(make_ticket(ring, read(texts[0], ring), till=TILL))
    assert len({text[19:40] for text in texts}) == 1
    assert make_code(ring, CardId(UUID(int=2**60)), now=MOMENT)[0][19:40] != texts[0][19:40]


REQUEST = Request(price_cents=Cents(1_000))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (CodeFacts(until=NOW), PhoneCodeExpired),
        (CodeFacts(until=NOW, is_ticket=True), TillTicketExpired),
        (CodeFacts(until=NOW + timedelta(seconds=1), is_spent=True), PhoneCodeUsed),
        (CodeFacts(until=NOW - timedelta(days=1), is_spent=True), PhoneCodeUsed),
    ],
)
def test_a_code_that_is_over_or_was_used_is_refused_as_that(
    code: CodeFacts, reason: object
) -> None:
    verdict = decide(sale_facts(budget_facts(), code=code), REQUEST, now=NOW, today=TODAY)
    assert isinstance(verdict, Refused)
    assert verdict.reason is reason


def test_a_code_in_time_pays_and_a_telephone_that_was_removed_does_not() -> None:
    code = CodeFacts(until=NOW + timedelta(seconds=1))
    facts = sale_facts(budget_facts(), code=code)
    assert isinstance(decide(facts, REQUEST, now=NOW, today=TODAY), Quote)
    gone = sale_facts(
        budget_facts(), code=code, card=CardFacts(id=CARD, state="ended", form="phone")
    )
    verdict = decide(gone, REQUEST, now=NOW, today=TODAY)
    assert isinstance(verdict, Refused)
    assert verdict.reason is PhoneRemoved
