"""The financial administration's side of the books: months that close, and the journal that it takes in."""
