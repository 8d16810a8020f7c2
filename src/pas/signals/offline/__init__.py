"""What stands out in sales that were handed in after they were made without a network."""
