"""What was granted and spent of a year's money, month by month, and where that is going."""
