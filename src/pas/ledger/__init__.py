"""The ledger: accounts, entries and the proof that no cent is lost; it knows nothing above it.

The one lock order of the whole program:

1. guarded accounts (rows of ``balance``), by account id ascending;
2. originals that are reversed (rows of ``entry``), by entry id ascending;
3. new entries, by entry id ascending (a concurrent twin waits here on the primary key).

Closed pots are locked before the budgets that are granted from them (``lock_pots``): those budgets
are new, so nobody else can hold one. Till, card and pass are read, never locked.
"""
