"""A fingerprint tells two requests apart whenever their content differs."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pas.ids import CardId, EntryId, MerchantId, MunicipalityName, SaleId, TillId
from pas.ledger import fingerprint as module
from pas.ledger.fingerprint import VERSION, Content, encoded
from pas.money import Cents

ids = st.uuids()
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
numbers = st.integers(-(2**63), 2**63 - 1)
contents = st.builds(
    Content,
    municipality=texts,
    kind=texts,
    till=ids,
    sale=st.none() | ids,
    card=st.none() | ids,
    holder=st.none() | numbers,
    payee=st.none() | ids,
    price_cents=st.none() | numbers,
    take_cents=st.none() | numbers,
    visits=st.none() | numbers,
    category=st.none() | texts,
    purpose=st.none() | texts,
    reverses=st.none() | ids,
)

A_SALE = Content(
    municipality=MunicipalityName("velsen"),
    kind="redeem",
    till=TillId(UUID(int=1)),
    sale=SaleId(UUID(int=2)),
    card=CardId(UUID(int=3)),
    holder=0,
    payee=MerchantId(UUID(int=5)),
    price_cents=Cents(2000),
    take_cents=Cents(1240),
    visits=None,
    category="sport",
    purpose=None,
    reverses=None,
)


KEY = bytes(range(32))


def fingerprint(content: Content, key: bytes = KEY) -> bytes:
    return module.fingerprint(content, key=key)


def decoded(data: bytes) -> list[object]:
    """Read the bytes back without knowing what was written: what can be read back is unique."""
    assert data.startswith(VERSION)
    rest, fields = data[len(VERSION) :], list[object]()
    while rest:
        kind, length = rest[0], int.from_bytes(rest[1:5], "big")
        value, rest = rest[5 : 5 + length], rest[5 + length :]
        fields.append(read_field(kind, value))
    return fields


def read_field(kind: int, value: bytes) -> object:
    match kind:
        case 0:
            return None
        case 1:
            return value.decode()
        case 2:
            return int.from_bytes(value, "big", signed=True)
        case _:
            return UUID(bytes=value)


@given(contents)
def test_every_field_can_be_read_back_from_what_is_hashed(content: Content) -> None:
    assert decoded(encoded(content)) == list(msgspec.structs.astuple(content))


@given(contents, contents)
def test_other_content_has_another_fingerprint(one: Content, other: Content) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("municipality", "beverwijk"),
        ("kind", "confirm"),
        ("till", UUID(int=9)),
        ("sale", None),
        ("card", UUID(int=9)),
        ("holder", 1),
        ("holder", None),
        ("payee", UUID(int=9)),
        ("price_cents", 2001),
        ("take_cents", 1241),
        ("visits", 0),
        ("category", "culture"),
        ("purpose", ""),
        ("reverses", UUID(int=9)),
    ],
)
def test_each_field_counts(field: str, value: object) -> None:
    changed = msgspec.structs.replace(A_SALE, **{field: value})
    assert fingerprint(changed) != fingerprint(A_SALE)


def test_every_field_is_covered() -> None:
    assert len(decoded(encoded(A_SALE))) == len(Content.__struct_fields__)


def test_a_value_never_moves_to_its_neighbour() -> None:
    one = msgspec.structs.replace(A_SALE, category="sport", purpose="les")
    other = msgspec.structs.replace(A_SALE, category="sportles", purpose="")
    swapped = msgspec.structs.replace(A_SALE, category="les", purpose="sport")
    assert len({fingerprint(one), fingerprint(other), fingerprint(swapped)}) == 3


def test_the_fingerprint_of_version_3_never_changes() -> None:
    assert fingerprint(A_SALE).hex() == (
        "719f922d2265a2a2225e1eabec3116d4c6c262255ff4cf3c8bc00cb5b0bfc18b"
    )


def test_a_number_outside_a_bigint_is_our_mistake() -> None:
    with pytest.raises(OverflowError):
        fingerprint(msgspec.structs.replace(A_SALE, price_cents=Cents(2**63)))


def test_an_entry_id_is_no_text() -> None:
    entry = EntryId(UUID(int=5))
    as_id = msgspec.structs.replace(A_SALE, reverses=entry)
    as_text = msgspec.structs.replace(A_SALE, purpose=str(entry))
    assert fingerprint(as_id) != fingerprint(as_text)


def test_without_the_key_nobody_can_try_which_card_it_was() -> None:
    assert fingerprint(A_SALE, b"another") != fingerprint(A_SALE)
