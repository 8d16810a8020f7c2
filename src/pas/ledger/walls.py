"""Are the walls of the ledger still standing: triggers, constraints, indexes, rights, the DDL guard?

A wall that someone took down proves nothing about the rows, but it takes away what the proof rests
on, so it is reported and the proof does not close.
"""

from typing import Final

import msgspec

from pas.db import Connection, Statement


class MissingWall(msgspec.Struct, frozen=True, rename="camel"):
    """A wall that is not there, and what that allows."""

    wall: str
    detail: str


TRIGGERS: Final = Statement(
    """
    SELECT 'trigger ' || w.name || ' on ' || w.relation AS wall, 'rows can be written past the functions' AS detail
    FROM (VALUES
        ('entry', 'only_by_ledger'), ('transfer', 'only_by_ledger'), ('account', 'only_by_ledger'),
        ('balance', 'only_by_ledger'), ('reversal', 'only_by_ledger'), ('epoch', 'only_by_ledger'), ('usable_change', 'only_by_ledger'),
        ('redemption', 'only_by_ledger'), ('redemption_reversal', 'only_by_ledger'),
        ('entry', 'append_only'), ('transfer', 'append_only'), ('account', 'append_only'), ('epoch', 'append_only'),
        ('balance', 'append_only'), ('reversal', 'append_only'), ('posting', 'append_only'), ('event', 'append_only'),
        ('usable_change', 'append_only'), ('redemption', 'append_only'), ('redemption_reversal', 'append_only'),
        ('setting', 'append_only'), ('event_content', 'append_only'), ('payout_account', 'append_only'),
        ('deviation', 'append_only'), ('decision', 'append_only'), ('scheme_grant', 'append_only'),
        ('scheme_version', 'append_only'), ('incompatible_role', 'append_only'), ('event', 'stamp'), ('epoch', 'told'),
        ('settlement_line', 'only_by_ledger'), ('settlement_line', 'refuse_line'), ('settlement_line', 'append_only'),
        ('settlement_run', 'refuse_step'), ('settlement_run', 'append_only'),
        ('settlement_run', 'keep_limit'), ('settlement_run', 'refuse_large'),
        ('settlement_unpaid', 'append_only'), ('settlement_file', 'append_only'),
        ('settlement_manifest', 'append_only'), ('settlement_manifest', 'refuse_early'),
        ('offline_sale', 'only_by_ledger'), ('offline_sale', 'append_only'), ('offline_permit', 'append_only'),
        ('seal_key', 'only_by_ledger'), ('seal_leaf', 'only_by_ledger'), ('seal_node', 'only_by_ledger'),
        ('seal_checkpoint', 'only_by_ledger'), ('balance_tree', 'only_by_ledger'),
        ('seal_key', 'append_only'), ('seal_leaf', 'append_only'), ('seal_node', 'append_only'),
        ('seal_checkpoint', 'append_only'), ('balance_tree', 'append_only'),
        ('balance_tile', 'only_by_ledger'), ('balance_tile', 'append_only'),
        ('seal_witness', 'only_by_ledger'), ('seal_witness', 'append_only'),
        ('seal_cosignature', 'only_by_ledger'), ('seal_cosignature', 'append_only'),
        ('period_closing', 'refuse_closing'), ('period_closing', 'refuse_step'), ('period_closing', 'append_only'),
        ('period_line', 'only_by_ledger'), ('period_line', 'append_only'),
        ('year_closing', 'refuse_closing'), ('year_closing', 'refuse_step'), ('year_closing', 'append_only'),
        ('account', 'refuse_closed_year'), ('appropriation_line', 'refuse_closed_year'), ('period_closing', 'refuse_closed_year'),
        ('bank_file', 'append_only'), ('bank_statement', 'append_only'),
        ('bank_booking', 'append_only'), ('bank_booking', 'refuse_other_amount'),
        ('bank_item', 'append_only'), ('bank_item', 'refuse_change'),
        ('bank_decision', 'append_only'), ('bank_decision', 'refuse_change'),
        ('debit_note', 'refuse_note'), ('debit_note', 'refuse_step'), ('debit_note', 'append_only'),
        ('debit_note_receipt', 'only_by_ledger'), ('debit_note_receipt', 'append_only'),
        ('debit_note_bank_item', 'refuse_other'), ('debit_note_bank_item', 'append_only'),
        ('takeover', 'append_only'), ('takeover', 'refuse_step'), ('takeover_total', 'append_only'),
        ('takeover_row', 'append_only'), ('takeover_row', 'refuse_late'), ('takeover_row', 'refuse_change'),
        ('card', 'keep_former_state'), ('till', 'keep_former_state'), ('merchant', 'keep_former_state')
    ) AS w (relation, name)
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_trigger t WHERE t.tgrelid = to_regclass(w.relation) AND t.tgname = w.name AND t.tgenabled = 'A'
    )
    ORDER BY 1
    """,
    MissingWall,
)

CONSTRAINTS: Final = Statement(
    """
    SELECT 'constraint ' || w.name || ' on ' || w.relation AS wall, 'a limit is no longer refused by the database' AS detail
    FROM (
        SELECT t.name AS relation, n.name
        FROM unnest(ARRAY['account', 'balance', 'entry', 'epoch', 'posting', 'reversal', 'transfer', 'usable_change']) AS t (name)
        JOIN unnest(ARRAY[
            'account_budget_year_check', 'account_check', 'account_check1', 'account_check2', 'account_id_check',
            'account_kind_check', 'account_pkey', 'account_unit_check',
            'balance_check', 'balance_check1', 'balance_never_below_zero', 'balance_pkey',
            'entry_actor_kind_check', 'entry_check', 'entry_check1', 'entry_fingerprint_check', 'entry_period_check',
            'entry_pkey', 'entry_refusal_check', 'entry_reversal_number_check', 'entry_total_check',
            'epoch_number_check', 'epoch_pkey', 'posting_pkey',
            'reversal_never_above_original', 'reversal_pkey', 'reversal_times_check',
            'transfer_amount_check', 'transfer_between_two', 'transfer_check', 'transfer_credit_number_check',
            'transfer_line_check', 'transfer_pkey', 'usable_change_number_check', 'usable_change_pkey'
        ]) AS n (name) ON starts_with(n.name, t.name || '_')
    ) AS w
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_constraint c WHERE c.conrelid = to_regclass(w.relation) AND c.conname = w.name AND c.convalidated
    )
    UNION ALL
    SELECT 'index ' || w.name, w.allows
    FROM (VALUES
        ('transfer_debit', 'two movements can take one place in an account'),
        ('transfer_credit', 'two movements can take one place in an account'),
        ('entry_reversal', 'two movements can take one place in an account'),
        ('entry_replaces', 'two movements can take one place in an account'),
        ('account_only_one', 'two movements can take one place in an account'),
        ('settlement_line_once', 'a redemption can be paid in two runs'),
        ('debit_note_open', 'one debt can be asked back twice'),
        ('offline_sale_number', 'a sale without a network can be booked twice')
    ) AS w (name, allows)
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_index i WHERE i.indexrelid = to_regclass(w.name) AND i.indisunique AND i.indisvalid AND i.indislive
    )
    ORDER BY 1
    """,
    MissingWall,
)

RIGHTS: Final = Statement(
    """
    WITH other AS (
        SELECT oid, rolname FROM pg_roles
        WHERE NOT rolsuper AND rolname NOT LIKE 'pg\\_%' AND rolname NOT IN ('owner_' || current_schema(), 'ledger_' || current_schema())
    )
    SELECT 'rights of ' || r.rolname AS wall, format('%s may %s on %s', r.rolname, p.privilege, t.name) AS detail
    FROM other r
    CROSS JOIN (VALUES ('entry'), ('transfer'), ('account'), ('balance'), ('reversal'), ('epoch'), ('posting'),
        ('usable_change'), ('redemption'), ('redemption_reversal'), ('offline_sale')) AS t (name)
    CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS p (privilege)
    WHERE CASE WHEN p.privilege IN ('INSERT', 'UPDATE') THEN has_any_column_privilege(r.oid, to_regclass(t.name), p.privilege)
        ELSE has_table_privilege(r.oid, to_regclass(t.name), p.privilege) END
    UNION ALL
    SELECT 'rights of ' || r.rolname, format('%s may EXECUTE %s', r.rolname, p.proname)
    FROM other r JOIN pg_proc p ON p.pronamespace = current_schema()::regnamespace
        AND p.proname IN ('book', 'open_accounts', 'set_usable', 'set_all_usable', 'raise_epoch', 'book_settlement')
    WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE')
    UNION ALL
    SELECT 'owner of ' || p.proname, format('%s belongs to %s', p.proname, pg_get_userbyid(p.proowner))
    FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
        AND p.proname IN ('book', 'open_accounts', 'set_usable', 'set_all_usable', 'raise_epoch', 'redeem_batch', 'reverse_batch',
            'redeem_offline', 'book_settlement', 'approve_settlement', 'withdraw_settlement', 'book_payments', 'book_debit_note')
        AND pg_get_userbyid(p.proowner) <> 'ledger_' || current_schema()
    ORDER BY 1, 2
    """,
    MissingWall,
)

DDL_GUARD: Final = Statement(
    """
    SELECT 'DDL guard absent: ' || w.name AS wall, 'the schema can be changed by hand' AS detail
    FROM (VALUES ('pas_refuse_ddl'), ('pas_refuse_drop')) AS w (name)
    WHERE NOT EXISTS (SELECT 1 FROM pg_event_trigger e WHERE e.evtname = w.name AND e.evtenabled = 'A')
    ORDER BY 1
    """,
    MissingWall,
)

CHECKS: Final = (TRIGGERS, CONSTRAINTS, RIGHTS)


async def missing_walls(connection: Connection) -> list[MissingWall]:
    """Look for every wall inside the municipality; all standing is an empty list."""
    return [wall for check in CHECKS for wall in await check.all(connection)]


async def missing_guards(connection: Connection) -> list[MissingWall]:
    """Look for what a hosted server may not allow: a warning, not a break."""
    return await DDL_GUARD.all(connection)
