"""Cards and balances of an earlier supplier: taken over from its list, by two people, to the cent."""
