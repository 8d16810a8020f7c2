"""Applications for one child: an intermediary asks, the municipality decides, the club confirms."""
