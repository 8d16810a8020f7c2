"""Debit notes: who stays below zero is asked to pay back, by two people, and what comes in is booked once."""
