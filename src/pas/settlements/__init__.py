"""What merchants are owed, paid from the municipality's own bank account, once, or payable again."""
