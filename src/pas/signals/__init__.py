"""What stands out in the sales of merchants, found by rules, looked at by an officer."""
