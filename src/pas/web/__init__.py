"""Layout, components and static files of the pages; the pages themselves live in their slices."""
