"""A small application with a door for each kind of visitor, and what they show there."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from browsing import BASE
from pas.auth.access import actor_of
from pas.auth.keys import KeyStore
from pas.auth.permissions import Permission
from pas.auth.sessions import SessionToken, start_session
from pas.auth.tokens import sign_token
from pas.db import Connection
from pas.ids import LoginId, MunicipalityName, uuid7
from pas.problems.bodies import AppRequest
from pas.web.pages import done

ALMERE = MunicipalityName("almere")
VELSEN = MunicipalityName("velsen")
BODY = b'{"takeCents":1240}'


@get("/v1/{municipality:str}/officers-only", opt={"permission": Permission.ASSESSMENTS_RUN})
async def officers_only(municipality: FromPath[str], request: AppRequest) -> str:
    return str(actor_of(request).id)


@post("/v1/{municipality:str}/officers-only", opt={"permission": Permission.ASSESSMENTS_RUN})
async def officers_change(municipality: FromPath[str], request: AppRequest) -> str:
    return "changed"


@post("/v1/{municipality:str}/tills-only", opt={"till": True})
async def tills_only(municipality: FromPath[str], request: AppRequest) -> str:
    return str(actor_of(request).id)


@post(
    "/v1/{municipality:str}/tills-or-counter",
    opt={"till": True, "permission": Permission.REDEMPTIONS_MAKE},
)
async def tills_or_counter(municipality: FromPath[str]) -> str:
    return "yes"


@get("/v1/{municipality:str}/holders-only", opt={"holder": True})
async def holders_only(municipality: FromPath[str], request: AppRequest) -> str:
    return str(actor_of(request).id)


@get(
    "/v1/{municipality:str}/shops/{merchant_id:uuid}",
    opt={"permission": Permission.MERCHANTS_READ},
)
async def shop(municipality: FromPath[str], merchant_id: FromPath[UUID]) -> str:
    return str(merchant_id)


@get("/v1/{municipality:str}/shops", opt={"permission": Permission.MERCHANTS_READ})
async def shops(municipality: FromPath[str]) -> str:
    return "all"


@get(
    "/v1/{municipality:str}/own-shops",
    opt={"permission": Permission.MERCHANTS_READ, "scoped": True},
)
async def own_shops(municipality: FromPath[str]) -> str:
    return "own"


@get("/v1/{municipality:str}/open", opt={"public": True})
async def anyone(municipality: FromPath[str], request: AppRequest) -> str:
    return "nobody" if request.user is None else str(actor_of(request).id)


@get("/{municipality:str}/page", opt={"permission": Permission.ASSESSMENTS_RUN})
async def page(municipality: FromPath[str]) -> str:
    return "page"


@post("/{municipality:str}/page", opt={"permission": Permission.ASSESSMENTS_RUN})
async def page_form(municipality: FromPath[str]) -> Response[None]:
    return done("/")


@get("/{municipality:str}/visitors", opt={"public": True})
async def visitors(municipality: FromPath[str], request: AppRequest) -> str:
    return str(request.scope["state"]["csrf_token"])


@post("/{municipality:str}/visitors", opt={"public": True})
async def visitors_form(municipality: FromPath[str]) -> str:
    return "taken"


ROUTES: list[ControllerRouterHandler] = [
    officers_only,
    officers_change,
    tills_only,
    tills_or_counter,
    holders_only,
    shop,
    shops,
    own_shops,
    anyone,
    page,
    page_form,
    visitors,
    visitors_form,
]


async def a_session(connection: Connection, login: UUID, kind: str = "login") -> SessionToken:
    session = await start_session(
        connection,
        actor_kind="holder" if kind == "holder" else "login",
        actor_id=login,
        assurance="substantial",
        now=datetime.now(UTC),
    )
    return session.token


def cookie(token: str, municipality: str = "velsen") -> dict[str, str]:
    return {"cookie": f"pas-{municipality}={token}"}


def an_api_token(
    keys: KeyStore, login: LoginId, row: UUID, municipality: MunicipalityName = VELSEN
) -> str:
    now = datetime.now(UTC)
    return sign_token(
        keys.ring(municipality),
        issuer=BASE,
        subject=login,
        kind="api",
        row=row.hex,
        now=now,
        expires_at=now + timedelta(days=1),
    )


async def a_stored_token(connection: Connection, login: LoginId) -> UUID:
    row = uuid7()
    await connection.execute(
        "INSERT INTO api_token (id, login_id, name, created_at, expires_at) "
        "VALUES ($1, $2, 'x', now(), now() + interval '1 day')",
        *(row, login),
    )
    return row


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
