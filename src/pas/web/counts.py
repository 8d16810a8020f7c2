"""Numbers of people and things the way Dutch people write them."""


def count(number: int) -> str:
    """``8.580``: a point between the thousands."""
    return f"{number:,}".replace(",", ".")
