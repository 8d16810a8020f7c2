"""Residents in the database: brought in from files, looked up with a trace, households as they were."""
