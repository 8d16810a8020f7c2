"""The application on a fresh database, and on no database at all where none is needed."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from browsing import browsing
from pas.installation import Access


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    """The application while its database is away."""
    async with browsing() as client:
        yield client


@pytest.fixture
async def city(access: Access) -> AsyncGenerator[httpx.AsyncClient]:
    """The application with the municipality velsen."""
    async with browsing(access.address) as client:
        yield client
