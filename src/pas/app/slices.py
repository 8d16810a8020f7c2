"""Finds what the slices offer: their ``routes`` and ``pages`` are mounted because they exist."""

import importlib
from pathlib import Path
from typing import Final, cast

from litestar.types import ControllerRouterHandler

import pas

PACKAGE: Final = Path(pas.__file__).parent
MODULES: Final = ("routes", "pages")


def slice_routes() -> list[ControllerRouterHandler]:
    """All that stands in a list called ``routes`` in a module routes or pages of a slice."""
    return [route for name in slice_modules() for route in module_routes(name)]


def slice_modules() -> list[str]:
    found = [path for name in MODULES for path in PACKAGE.glob(f"**/{name}.py")]
    found += [path for name in MODULES for path in PACKAGE.glob(f"**/{name}/__init__.py")]
    names = (path.relative_to(PACKAGE.parent).with_suffix("").parts for path in found)
    return sorted(".".join(part for part in name if part != "__init__") for name in names)


def module_routes(name: str) -> list[ControllerRouterHandler]:
    module = importlib.import_module(name)
    return cast("list[ControllerRouterHandler]", getattr(module, "routes", []))
