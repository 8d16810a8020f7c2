"""The counter: officers and volunteers who help holders with their pass, each act on their behalf."""
