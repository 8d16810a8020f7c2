"""The OpenAPI document, brought in line with the NL API Design Rules.

Litestar describes its own error format, names no version header, and knows nothing of our base
path. What it makes is taken as a plain dict and corrected here, in one place.
"""

import re
from typing import Final, cast

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Contact, License

from pas.app.edge import API_VERSION
from pas.problems.answers import MEDIA_TYPE
from pas.settings import Settings

Json = dict[str, object]

BASE_PATH: Final = "/v1"
OPERATIONS: Final = ("get", "put", "post", "delete", "patch")
VERSION_HEADER: Final[Json] = {
    "API-Version": {"$ref": "#/components/headers/ApiVersion"},
}
DESCRIPTION: Final = (
    "De stadspas van een gemeente: regelingen, passen, aanbieders en bestedingen. Bedragen zijn "
    "hele centen. Tijden zijn in UTC. Elke weigering heeft een code, een zin voor de kassa, een "
    "zin voor de pashouder en een volgende stap."
)
PROBLEM: Final[Json] = {
    "type": "object",
    "title": "Problem",
    "description": "Waarom het niet kon, en wat u kunt doen (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string", "description": "De vaste code, zoals card-blocked."},
        "nextStep": {"type": "string"},
        "traceId": {"type": "string"},
        "cashier": {"type": "string", "description": "Wat de kassa leest."},
        "holder": {"type": "string", "description": "Wat de pashouder leest."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
SNAKE: Final = re.compile(r"_([a-z])")
GOOD: Final = {
    "201": "Gemaakt.",
    "202": "Aangenomen; het werk loopt nog.",
    "204": "Gelukt; er is niets te laten zien.",
}
ANSWERS: Final = {
    "400": "De gegevens kloppen niet.",
    "401": "Niet ingelogd.",
    "403": "Dit mag niet.",
    "404": "Dit bestaat niet.",
    "429": "Te vaak geprobeerd.",
    "503": "Het is te druk; probeer het zo opnieuw.",
}


def openapi_config(settings: Settings) -> OpenAPIConfig:
    """What Litestar must know; it serves nothing itself."""
    return OpenAPIConfig(
        title="Stadspas",
        version=API_VERSION,
        description=DESCRIPTION,
        contact=Contact(
            name="Beheer van de stadspas",
            email=settings.contact_email,
            url=settings.origin,
        ),
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        use_handler_docstrings=True,
        operation_id_creator=operation_id,
        render_plugins=(),
    )


def design_rules(made: Json, origin: str) -> bytes:
    """Correct the document and encode it; ``origin`` is where this installation is found."""
    # A copy, and plain: the original is Litestar's and holds enums.
    document = cast("Json", msgspec.json.decode(msgspec.json.encode(made)))
    paths = cast("dict[str, Json]", document.get("paths", {}))
    # On a laptop there is no TLS, and the rules allow no http:// here: then it is a relative one.
    server = origin if origin.startswith("https://") else ""
    document["servers"] = [{"url": f"{server}{BASE_PATH}"}]
    document["paths"] = {
        in_camel_case(path.removeprefix(BASE_PATH)): corrected_path(item)
        for path, item in sorted(paths.items())
        if path.startswith(f"{BASE_PATH}/")
    }
    components = cast("Json", document.setdefault("components", {}))
    schemas = cast("Json", components.setdefault("schemas", {}))
    for schema in schemas.values():
        name_items(schema)
        join_null(cast("Json", schema))
    schemas["Problem"] = PROBLEM
    components["headers"] = {
        "ApiVersion": {
            "description": "De volledige versie van deze API.",
            "schema": {"type": "string", "example": API_VERSION},
        }
    }
    return msgspec.json.encode(document)


def name_items(part: object) -> None:
    """Say what a list holds: Litestar takes the dots of ``tuple[X, ...]`` for a type of its own."""
    inside: list[object] = []
    if isinstance(part, dict):
        schema = cast("Json", part)
        items = cast("Json", schema.get("items", {}))
        options = cast("list[Json]", items.get("oneOf", []))
        if {} in options:
            schema["items"] = next(option for option in options if option)
        inside = [*schema.values()]
    elif isinstance(part, list):
        inside = cast("list[object]", part)
    for value in inside:
        name_items(value)


def join_null(schema: Json) -> None:
    """Write what may be null as one type, so that a date that may be null has its format in sight."""
    properties = cast("dict[str, Json]", schema.get("properties", {}))
    for name, part in properties.items():
        options = cast("list[Json]", part.get("oneOf", []))
        plain = [option for option in options if option != {"type": "null"}]
        if len(plain) == len(options) - 1 == 1 and isinstance(plain[0].get("type"), str):
            others = {key: value for key, value in part.items() if key != "oneOf"}
            properties[name] = plain[0] | others | {"type": [plain[0]["type"], "null"]}


def operation_id(handler: HTTPRouteHandler, _method: object, _path: object) -> str:
    """The name of the function: ``list_passes`` is ``listPasses`` for whoever generates a client."""
    return in_camel_case(handler.handler_name)


def in_camel_case(text: str) -> str:
    return SNAKE.sub(lambda found: found[1].upper(), text)


def corrected_path(item: Json) -> Json:
    for method in OPERATIONS:
        if method in item:
            corrected_operation(cast("Json", item[method]))
    return item


def corrected_operation(operation: Json) -> None:
    """Own error answers and a version header everywhere, and texts for people."""
    correct_texts(operation)
    answers = cast("dict[str, Json]", operation["responses"])
    for status, answer in answers.items():
        if status.startswith(("2", "3")):
            answer["description"] = GOOD.get(status, "Gelukt.")
            answer["headers"] = cast("Json", answer.get("headers", {})) | VERSION_HEADER
    said = {status for status in answers if status.startswith(("4", "5"))}
    for status in said | ANSWERS.keys():
        answers[status] = problem_answer(status, answers.get(status, {}))
    operation["responses"] = dict(sorted(answers.items()))


def correct_texts(operation: Json) -> None:
    """The first line of a handler's docstring is the summary, the rest the description."""
    summary, _, more = cast("str", operation.pop("description", "")).partition("\n")
    operation["summary"] = summary
    if more.strip():
        operation["description"] = more.strip()
    for parameter in cast("list[Json]", operation.get("parameters", [])):
        if parameter["in"] == "path":
            parameter["name"] = in_camel_case(cast("str", parameter["name"]))


def problem_answer(status: str, answer: Json) -> Json:
    own = ANSWERS.get(status) or cast("str", answer.get("description") or "Dit kan niet.")
    return {
        "description": own,
        "headers": dict(VERSION_HEADER),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
