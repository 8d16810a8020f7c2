"""Forms as a browser reads them from a page: what is filled in already, and what a button adds."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    """Remembers each form by its action, with the fields that are sent as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.buttons: list[dict[str, str]] = []
        self._open: dict[str, str] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = self.forms.setdefault(given.get("action", ""), {})
        elif tag == "button":
            self.buttons.append(given)
        elif tag == "input" and self._open is not None and self._is_sent(given):
            self._open[given["name"]] = given.get("value", "")
        elif tag == "select" and self._open is not None:
            self._select = given["name"]
            self._open[self._select] = ""
        elif tag == "option" and self._open is not None and "selected" in given:
            self._open[self._select] = given.get("value", "")

    @staticmethod
    def _is_sent(given: dict[str, str]) -> bool:
        if given.get("type") in {"checkbox", "radio"}:
            return "checked" in given
        return bool(given.get("name"))


def form_in(html: str, action: str) -> dict[str, str]:
    """The fields of the form that goes to an address with this end."""
    reader = Reader()
    reader.feed(html)
    [found] = [fields for address, fields in reader.forms.items() if address.endswith(action)]
    return found


def button_in(html: str, action: str) -> dict[str, str]:
    """What the button adds that sends its form elsewhere."""
    reader = Reader()
    reader.feed(html)
    [found] = [one for one in reader.buttons if one.get("formaction", "").endswith(action)]
    return {found["name"]: found["value"]}
