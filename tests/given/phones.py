"""What a holder's telephone shows, and what a till makes of it."""

from datetime import UTC, datetime

from msgspec.structs import replace

from given.city import Holder, Till
from given.logins import NOON
from given.sales import a_sale_item
from pas.auth.keys import KeyRing
from pas.passes.codes import PhoneText
from pas.passes.phone_codes import PhoneCode, make_code, make_ticket, read_phone_text
from pas.redemptions.sale import SaleItem, Scan


def a_code(ring: KeyRing, holder: Holder, *, now: datetime | None = None) -> str:
    """Shown at this moment: the real one, unless another is given."""
    return make_code(ring, holder.card, now=now or datetime.now(UTC))[0]


def a_phone_code(ring: KeyRing, holder: Holder, till: Till, *, now: datetime = NOON) -> PhoneCode:
    return read_phone_text(PhoneText(a_code(ring, holder, now=now)), ring, till=till.id)


def its_ticket(ring: KeyRing, code: PhoneCode, till: Till) -> PhoneCode:
    return read_phone_text(PhoneText(make_ticket(ring, code, till=till.id)), ring, till=till.id)


def a_sale_by_phone(
    till: Till, holder: Holder, code: PhoneCode, *, price: int, **fields: object
) -> SaleItem:
    """Takes the whole price, unless ``take`` says otherwise; None asks only."""
    take = fields.pop("take", price)
    child = fields.pop("child", 0)
    scan = Scan(phone=code, holder=child)  # pyright: ignore[reportArgumentType]
    made = a_sale_item(till, holder, price=price, take=take, **fields)  # pyright: ignore[reportArgumentType]
    return replace(made, scan=scan)
