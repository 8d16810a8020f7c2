"""The end of a year: rehearsed, closed by two people, and handed to the accountant."""
