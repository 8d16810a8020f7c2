"""What stands in the letters with coupons: one for a household, each person's coupons together."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from pas.auth.keys import KeyRing
from pas.coupons.codes import open_code, printed
from pas.coupons.make_coupons import CouponRun
from pas.db import Connection, Statement
from pas.ids import CouponId, ResidentId
from pas.letters.card_letters import FAST_MASK
from pas.letters.letter import Content
from pas.letters.recipients import Person, Recipient, ResidentRow
from pas.money import Cents
from pas.qr import draw_bare_svg
from pas.web.dates import day
from pas.web.languages import DUTCH, speaking
from pas.web.templates import shown_euros


class CouponRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    coupon_id: CouponId
    title: str
    face_cents: Cents
    code_encrypted: bytes


LIST_RESIDENTS: Final = Statement(
    """
    SELECT DISTINCT p.resident_id FROM coupon c JOIN budget b ON b.account_id = c.account_id JOIN pass p ON p.id = b.pass_id
    WHERE c.run_id = $1 AND c.code_encrypted IS NOT NULL
    """,
    ResidentRow,
)
READ_COUPONS: Final = Statement(
    """
    SELECT p.resident_id, c.id AS coupon_id, v.title, c.face_cents, c.code_encrypted
    FROM coupon c JOIN budget b ON b.account_id = c.account_id JOIN pass p ON p.id = b.pass_id
    JOIN scheme_version v ON v.id = c.scheme_version_id
    WHERE c.run_id = $1 AND p.resident_id = ANY ($2::uuid[]) AND c.code_encrypted IS NOT NULL
    ORDER BY v.title, c.account_id, c.place
    """,
    CouponRow,
)


class CouponLetters(msgspec.Struct, frozen=True):
    """The booklets of a run of which the codes are still there."""

    run: CouponRun
    ring: KeyRing

    async def residents(self, connection: Connection) -> list[ResidentId]:
        return [row.resident_id for row in await LIST_RESIDENTS.all(connection, self.run.id)]

    async def gather(
        self, connection: Connection, residents: Sequence[ResidentId]
    ) -> Callable[[Recipient], list[Content]]:
        held: dict[ResidentId, list[CouponRow]] = {}
        for row in await READ_COUPONS.all(connection, self.run.id, residents):
            held.setdefault(row.resident_id, []).append(row)

        def content(recipient: Recipient) -> list[Content]:
            coupons = [
                self._coupon(person, row)
                for person in recipient.people
                for row in held.get(person.resident_id, ())
            ]
            if not coupons:
                return []
            days = {
                "eerste_dag": day(self.run.valid_from),
                "laatste_dag": day(self.run.valid_until - timedelta(days=1)),
            }
            return [Content(values=days, lists={"coupons": coupons})]

        return content

    def _coupon(self, person: Person, row: CouponRow) -> dict[str, str]:
        code = open_code(self.ring, row.code_encrypted, coupon=row.coupon_id)
        return drawn(
            name=person.name,
            title=row.title,
            face_cents=row.face_cents,
            last=self.run.valid_until - timedelta(days=1),
            code=printed(code) if code else "",
        )


def drawn(*, name: str, title: str, face_cents: Cents, last: date, code: str) -> dict[str, str]:
    """One coupon as the layout reads it, the same in every letter: in Dutch, for the cashier.

    Its QR code holds the same as what is typed.
    """
    with speaking(DUTCH):
        amount, until = shown_euros(face_cents), day(last)
    return {
        "name": name,
        "title": title,
        "amount": f"Tot {amount}",
        "until": f"Tot en met {until}",
        "help": "Eén keer te gebruiken. Zet de code en het bedrag op uw turflijst.",
        "number": code,
        "code": draw_bare_svg(code.replace("-", ""), mask=FAST_MASK) if code else "",
        "alt": f"QR-code van de bon met code {code}",
    }
