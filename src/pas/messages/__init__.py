"""Messages to holders: after each spending and before money lapses, as each of them chose."""
