"""A club chooses to sell without a network, its device hands in what it sold, and everybody reads who pays."""

import base64
import re
from datetime import UTC, datetime
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect

from browser_here import apart
from given.city import Merchant, Till
from given.merchants import a_device
from given.offline import OfflineTill
from looking import become, check_page
from pas.auth.till_signature import PrivateKey
from pas.ids import AccountId, LocationId, MerchantId, TillId
from serving import Served
from signing import SigningTill

NOBODY = Merchant(MerchantId(UUID(int=0)), AccountId(1), LocationId(UUID(int=0)))


async def paired(url: str, code: str, key: PrivateKey) -> OfflineTill:
    """Pair a device by the code of the page, as its browser would."""
    device = a_device(code, key=key)
    body = {
        "code": code,
        "algorithm": device.algorithm,
        "publicKey": base64.b64encode(device.public_key).decode(),
        "signature": base64.b64encode(device.signature).decode(),
    }
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.post("/v1/velsen/pairings", json=body)
    assert answer.status_code in {200, 201}, answer.text
    return OfflineTill(Till(TillId(UUID(answer.json()["tillId"])), NOBODY), key)


async def sold(url: str, till: OfflineTill, number: str) -> list[str]:
    """Sell to one pass more than it can pay, and to a number that nobody has."""
    async with httpx.AsyncClient(base_url=url) as client:
        sends = SigningTill(client, till.till, till.key)
        permit = await sends.post("/v1/velsen/offline-permits", {})
        assert permit.status_code == 200, permit.text
        id_, now = permit.json()["permit"]["id"], datetime.now(UTC)
        for scanned, cents in ((number, 2500), (number, 9900), ("onleesbaar", 1250)):
            till.sell(id_, scanned, cents, at=now)
        answer = await sends.post("/v1/velsen/offline-sales", {"items": till.queue})
    return [one["bearer"] for one in answer.json()["items"]]


def test_who_bears_what_is_read_by_the_club_and_by_finance(city: Served, visitor: Page) -> None:
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    become(visitor, "manager", "Fietsenmaker")
    visitor.get_by_role("link", name="Kassa’s", exact=True).click()
    visitor.get_by_role("button", name="Zet verkopen zonder internet aan").click()
    expect(visitor.locator("#zonder-internet .utrecht-badge")).to_have_text("staat aan")
    check_page(visitor, "offline-choice")
    visitor.fill("#name", "kraam")
    visitor.get_by_role("button", name="Maak deze kassa").click()
    code = visitor.locator(".pas-pairing-digits").inner_text()

    key = ec.generate_private_key(ec.SECP256R1())
    till = apart(paired(city.url, code, key))
    bearers = apart(sold(city.url, till, number))
    assert bearers[1:] == ["merchant", "merchant"]

    visitor.get_by_role("link", name="Klaar").click()
    visitor.get_by_role("link", name="Bekijk wat de passen niet betaalden").click()
    check_page(visitor, "offline-days-club")
    visitor.locator(".pas-tile__link").first.click()
    expect(visitor.get_by_text("voor uw eigen rekening").first).to_be_visible()
    check_page(visitor, "offline-day-club")

    become(visitor, "sign-in", "Medewerker financiën")
    visitor.get_by_role("link", name="Uitbetalen", exact=True).click()
    visitor.get_by_role("link", name="Verkopen zonder internet").click()
    check_page(visitor, "offline-days")
    visitor.locator(".pas-tile__link").first.click()
    expect(visitor.get_by_text("voor de club of winkel zelf").first).to_be_visible()
    check_page(visitor, "offline-day")
