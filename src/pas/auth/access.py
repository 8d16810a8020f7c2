"""Who may use a route: each says so in its ``opt``, and this guard holds everybody to it.

=====================================  ==============================================================
``{"permission": Permission.X}``       a login with that permission (or one of a tuple of them)
``{"till": True}``                     a paired till; the use case judges its state
``{"till": "signed"}``                 a till that signs the request itself; its session is not enough
``{"holder": True}``                   a holder who signed in
``{"signed_in": True}``                any login or holder
``{"public": True}``                   everybody
=====================================  ==============================================================

Pages for holders, and public ones that also say ``"spoken": True``, speak the language of whoever reads.

``{"mandate": True}`` beside ``holder`` lets in who signed in with a mandate too; without it a route is
for the holder alone. A route may name several of the first four: one of them is enough. People of a merchant reach only
routes whose ``{merchant_id:uuid}`` is theirs, or that say ``{"scoped": True}`` and look for
themselves. What a route does not say is refused.
"""

from typing import Final, TypeAlias, cast
from urllib.parse import quote

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from pas.auth.actor import Actor, MandateOnlySees, NotForMandates, OtherMerchant, PermissionMissing
from pas.auth.authentication import Authentication
from pas.auth.csrf import FIELD, HEADER, SAFE_METHODS, refuse_cross_site, refuse_wrong_token
from pas.auth.permissions import Permission
from pas.auth.sign_in import LOCAL_PATH
from pas.auth.spoken import choose_language
from pas.auth.state import auth_state
from pas.auth.till_signature import TillSignatureWrong
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotSignedIn

KEYS: Final = ("permission", "till", "holder", "signed_in", "public")
FORMS: Final = frozenset({RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART})
API: Final = "/v1/"


AnyConnection: TypeAlias = ASGIConnection[HTTPRouteHandler, object, object, State]


async def require_access(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Refuse who may not use this route (a Litestar guard, for the whole application)."""
    request = cast("AppRequest", connection)
    opt = cast("dict[str, object]", handler.opt)
    choose_language(request, opt)
    actor = cast("Actor | None", request.user)
    if not opt.get("public"):
        if actor is None:
            raise not_signed_in(request)
        refuse_uninvited(opt, actor)
        refuse_unsigned(request, opt)
        refuse_other_merchant(request, opt, actor)
    if request.method not in SAFE_METHODS:
        refuse_onlooker(opt, actor)
        await refuse_forged(request)


def actor_of(request: AppRequest) -> Actor:
    """The actor of a request to a route that is not public."""
    actor = cast("Actor | None", request.user)
    if actor is None:
        raise NotSignedIn
    return actor


def declared(opt: dict[str, object]) -> bool:
    """Whether a route says who may use it, and says it right."""
    said = [key for key in KEYS if opt.get(key)]
    return said == ["public"] or (bool(said) and "public" not in said)


def refuse_uninvited(opt: dict[str, object], actor: Actor) -> None:
    """Refuse an actor for whom none of what the route says holds."""
    if opt.get(actor.kind) and actor.kind in {"till", "holder"}:
        if actor.on_behalf_of is not None and not opt.get("mandate"):
            raise NotForMandates
        return
    if opt.get("signed_in") and actor.kind in {"login", "holder"}:
        return
    wanted = permissions_in(opt)
    if not any(actor.may(permission) for permission in wanted):
        raise PermissionMissing(permissions=[permission.value for permission in wanted])


def refuse_onlooker(opt: dict[str, object], actor: Actor | None) -> None:
    """Refuse a mandate to see whatever changes something; signing in and out is theirs alone."""
    if actor is not None and actor.only_sees and not (opt.get("public") or opt.get("signed_in")):
        raise MandateOnlySees


def refuse_unsigned(request: AppRequest, opt: dict[str, object]) -> None:
    """Refuse the session that a till has for its pages where its key must speak."""
    if opt.get("till") == "signed" and cast("Authentication", request.auth).method != "till":
        raise TillSignatureWrong("Dit verzoek moet de kassa zelf tekenen.")


def permissions_in(opt: dict[str, object]) -> tuple[Permission, ...]:
    said = opt.get("permission")
    if isinstance(said, Permission):
        return (said,)
    return cast("tuple[Permission, ...]", said or ())


def refuse_other_merchant(request: AppRequest, opt: dict[str, object], actor: Actor) -> None:
    """Hold people of a merchant to their own merchant, unless the route looks for itself."""
    if actor.kind != "login" or actor.merchant_id is None or opt.get("scoped"):
        return
    if opt.get("signed_in") or request.path_params.get("merchant_id") == actor.merchant_id:
        return
    raise OtherMerchant


async def refuse_forged(request: AppRequest) -> None:
    """Refuse a change that another site makes with somebody's cookie, or a form without its token."""
    authentication = cast("Authentication", request.auth)
    is_page = not request.scope["path"].startswith(API)
    # A form is filled in by a person: no program sends one with its own proof alone.
    if authentication.method in {"till", "token"} and not is_page:
        return
    refuse_cross_site(request.headers, scheme=auth_state(request.app.state).scheme)
    if authentication.method is None and not is_page:
        return
    given = request.headers.get(HEADER)
    if given is None and is_page and request.content_type[0] in FORMS:
        found = (await request.form()).get(FIELD)
        given = found if isinstance(found, str) else None
    refuse_wrong_token(given, secret=authentication.secret)


def not_signed_in(request: AppRequest) -> NotSignedIn:
    """Say so, and send a browser to the page where one signs in."""
    path = request.scope["path"]
    if path.startswith(API):
        return NotSignedIn(headers={"WWW-Authenticate": "Bearer"})
    if request.method not in SAFE_METHODS:
        return NotSignedIn()
    sign_in = f"/{request.path_params['municipality']}/sign-in"
    where = f"{sign_in}?returnTo={quote(path, safe='')}"
    if not LOCAL_PATH.fullmatch(where):
        where = sign_in
    return NotSignedIn(headers={"Location": where})
