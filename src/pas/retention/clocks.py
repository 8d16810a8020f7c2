"""The clocks: what is deleted how long after what, and who says so.

What is not here stays: payments and grants for as long as the Selectielijst gemeenten 2020 asks
(seven and ten years, refusals five), and the books for ever, because they name nobody once the link
to a person is gone. Sessions and attempts to sign in are cleaned up where they are made.
"""

from typing import Final

import msgspec

from pas.db import Statement
from pas.retention.message_clocks import (
    FORGET_CONTACT_CHECKS,
    FORGET_CONTACTS,
    FORGET_HOLDER_MESSAGES,
    Gone,
)
from pas.retention.sign_in_clocks import (
    FORGET_DEVICES,
    FORGET_MANDATES,
    FORGET_REFUSED,
    FORGET_TRIES,
)
from pas.retention.telephone_clocks import (
    FORGET_PHONE_CODES,
    FORGET_REFUSED_SCANS,
    FORGET_TELEPHONE_LINKS,
)


class Clock(msgspec.Struct, frozen=True):
    """A table of which rows are deleted; ``forget`` is told before which moment, and how many at most."""

    table: str
    days: int
    source: str
    forget: Statement[Gone]
    is_link: bool = False
    """It says which sales are of one person, and goes with the link at the latest."""


LINKS: Final = Statement("SELECT forget_links($1, $2)::bigint AS count", Gone)

FORGET_PROCESSING: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM processing_log WHERE ctid = ANY (ARRAY(
            SELECT p.ctid FROM processing_log p WHERE p.recorded_at < $1 LIMIT $2))
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_APPLICATIONS: Final = Statement(
    "SELECT forget_withdrawn_applications($1, $2)::bigint AS count", Gone
)
FORGET_HELPED: Final = Statement("SELECT forget_helper_applications($1, $2)::bigint AS count", Gone)
FORGET_CHILD_APPLICATIONS: Final = Statement(
    "SELECT forget_child_applications($1, $2)::bigint AS count", Gone
)
FORGET_REGISTRATIONS: Final = Statement(
    "SELECT forget_registrations($1, $2)::bigint AS count", Gone
)
FORGET_REGISTRATION_DRAFTS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM merchant_registration_draft WHERE link_hash IN (
            SELECT d.link_hash FROM merchant_registration_draft d WHERE d.changed_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_REQUESTS: Final = Statement("SELECT forget_requests($1, $2)::bigint AS count", Gone)
FORGET_SIGNALS: Final = Statement("SELECT forget_signals($1, $2)::bigint AS count", Gone)
FORGET_IMPORT_ROWS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM import_row WHERE (import_id, line) IN (
            SELECT r.import_id, r.line FROM import_row r JOIN import i ON i.id = r.import_id
            WHERE i.started_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_JOBS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM job WHERE id IN (
            SELECT j.id FROM job j WHERE j.state IN ('done', 'failed') AND j.ended_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_UPLOADS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM upload WHERE id IN (
            SELECT u.id FROM upload u WHERE u.uploaded_at < $1
                AND NOT EXISTS (SELECT 1 FROM job j WHERE j.state IN ('queued', 'running')
                    AND j.arguments ->> 'upload_id' = u.id::text)
            LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_UNKNOWN_SCANS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM unknown_scan WHERE ctid = ANY (ARRAY(
            SELECT u.ctid FROM unknown_scan u WHERE u.tried_at < $1 LIMIT $2))
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_WEBHOOKS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM webhook_message WHERE id IN (SELECT m.id FROM webhook_message m WHERE m.made_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_PROOFS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM proof WHERE id IN (SELECT p.id FROM proof p WHERE p.proved_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_BANK_DETAILS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM bank_item_details WHERE item_id IN (
            SELECT d.item_id FROM bank_item_details d WHERE d.kept_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_TURNS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM scheduled_turn WHERE (kind, day) IN (
            SELECT t.kind, t.day FROM scheduled_turn t WHERE t.day < ($1::timestamptz)::date LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_FORMER_STATES: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM former_state WHERE number IN (
            SELECT f.number FROM former_state f WHERE f.until < $1 ORDER BY f.until LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
CLOCKS: Final = (
    Clock(
        "processing_log",
        13 * 28,
        "13 months, and never longer than the link",
        FORGET_PROCESSING,
        is_link=True,
    ),
    Clock(
        "signal",
        13 * 28,
        "as the processing log: a signal may say which sales are of one card",
        FORGET_SIGNALS,
        is_link=True,
    ),
    Clock(
        "household_application",
        42,
        "Selectielijst gemeenten 2020: withdrawn applications 42 days",
        FORGET_APPLICATIONS,
    ),
    Clock(
        "helper_application",
        396,
        "ours: the helper may ask for the receipt in the pass year; it names nobody any more",
        FORGET_HELPED,
    ),
    Clock(
        "child_application",
        42,
        "Selectielijst gemeenten 2020: withdrawn 42 days, refused five years, awarded ten years; "
        "the function knows which",
        FORGET_CHILD_APPLICATIONS,
    ),
    Clock(
        "merchant_registration",
        366,
        "ours: who was refused may ask why for a year; what was approved stays with the merchant",
        FORGET_REGISTRATIONS,
    ),
    Clock(
        "merchant_registration_draft",
        30,
        "ours: time to find a number; what was sent is not in it",
        FORGET_REGISTRATION_DRAFTS,
    ),
    Clock(
        "holder_request",
        5 * 366,
        "ours: five years after the answer, as the Selectielijst gemeenten 2020 keeps what was refused",
        FORGET_REQUESTS,
    ),
    Clock(
        "import_row",
        42,
        "ours: time to send a better file; it has numbers of persons",
        FORGET_IMPORT_ROWS,
    ),
    Clock("job", 42, "ours: arguments and results may name residents", FORGET_JOBS),
    Clock(
        "upload", 7, "ours: a file goes with its job; this is for files without one", FORGET_UPLOADS
    ),
    Clock(
        "former_state",
        13 * 28,
        "ours: a sale without a network that comes in later is of no card any more",
        FORGET_FORMER_STATES,
    ),
    Clock("sign_in_try", 30, "ours: the longest wait is a day", FORGET_TRIES),
    Clock(
        "refused_sign_in",
        92,
        "ours: time for a holder to ask who tried; it names a card",
        FORGET_REFUSED,
    ),
    Clock("mandate", 366, "ours: who asks who had one, within a year of its end", FORGET_MANDATES),
    Clock("known_device", 400, "ours: as long as a browser keeps the cookie", FORGET_DEVICES),
    Clock("unknown_scan", 1, "ours: ten minutes of them pause a till", FORGET_UNKNOWN_SCANS),
    Clock("phone_code_use", 1, "ours: a code lives for minutes", FORGET_PHONE_CODES),
    Clock("refused_scan", 30, "ours: the holder reads for a week what to do", FORGET_REFUSED_SCANS),
    Clock("telephone_link", 1, "ours: a link works for ten minutes", FORGET_TELEPHONE_LINKS),
    Clock(
        "webhook_message",
        42,
        "ours: time to look into what did not arrive; tries and answers go with it",
        FORGET_WEBHOOKS,
    ),
    Clock(
        "holder_message",
        42,
        "ours: time to find out why a message did not come; its text goes once it was sent",
        FORGET_HOLDER_MESSAGES,
        is_link=True,
    ),
    Clock("contact_check", 2, "ours: codes are counted over a day", FORGET_CONTACT_CHECKS),
    Clock(
        "holder_contact",
        366,
        "ours: a year after the last pass of whoever it is of, or whom they look after",
        FORGET_CONTACTS,
    ),
    Clock("proof", 7 * 366, "Selectielijst gemeenten 2020: payments seven years", FORGET_PROOFS),
    Clock(
        "bank_item_details",
        366,
        "ours: a year to find out what the bank did; they go at once when somebody said what it is",
        FORGET_BANK_DETAILS,
    ),
    Clock("scheduled_turn", 396, "ours", FORGET_TURNS),
)
