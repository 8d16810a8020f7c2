"""One page with every component on it, for looking at and for the checks of the browser."""

from datetime import date
from pathlib import Path

import qrcode
import qrcode.image.svg
from markupsafe import Markup

from pas.web.forms import Form
from pas.web.templates import Place, environment, frame

TEMPLATE = Path(__file__).parent / "style_page.html"
VELSEN = Place(
    title="Gemeente Velsen",
    product="Velsenpas",
    telephone="14 0255",
    telephone_hours="Elke werkdag van 8.30 tot 17.00 uur.",
    home="/velsen",
    demonstration=True,
)


def style_page(place: Place = VELSEN) -> str:
    context = {
        "code": code(),
        "until": date(2026, 12, 31),
        "form": half_filled_form(),
        "csrf_token": "1f2e3d",
        "long_word": "meerkampvereniging" * 5,
    }
    template = environment().from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render({**frame(place), **context})


def half_filled_form() -> Form:
    form = Form({"naam": "", "bedrag": "12,4", "wie": "gezin"})
    form.text("naam", "Vul uw naam in.")
    form.cents("bedrag", "Vul een bedrag in.")
    form.text("pasnummer", "Vul het pasnummer in.")
    return form


def code() -> Markup:
    image = qrcode.make(
        "0123456789ABCDEFGHJKMNPQRS",
        image_factory=qrcode.image.svg.SvgPathImage,
        error_correction=qrcode.ERROR_CORRECT_Q,
        border=2,
    )
    svg = image.to_string().decode()
    return Markup(svg.replace("<svg ", '<svg role="img" aria-label="QR-code van de pas" '))  # noqa: S704 (our own drawing)
