"""The ledger: accounts, entries and the proof that no cent is lost; it knows nothing above it.

The one lock order of the whole program:

1. guarded accounts (rows of ``balance``), by account id ascending;
2. originals that are reversed (rows of ``entry``), by entry id ascending;
3. new entries, by entry id ascending (a concurrent twin waits here on the primary key);
4. the codes of telephones that paid (rows of ``phone_code_use``), by their number.

Before all of these a grant locks its closed pots (``lock_pots``); whoever books balances of an earlier
supplier then locks the take-over (``takeover``); both then take their claims (unique rows
of ``scheme_grant``) by scheme, claimant and period; the budgets that it opens are new, so nobody else
can hold one. Last of all it shares the advisory lock ``year_closing``, which whoever proposes to close a
year takes alone, before anything else. A sale without a network first locks the permits of its till
(``offline_permit``) by number, then opens the account of a risk. Whoever ends a pass locks it before its
budgets; till, card and pass are only read here.
"""
