"""A phone that is a till and has no internet: how it gets there, and what its list says afterwards."""

from playwright.sync_api import Page, expect

from looking import accessibility_faults, screenshot
from pas.db import Connection
from serving import Served
from venue import Phone, Venue, a_venue

EDIT = """async ([name, change]) => {
  const opening = indexedDB.open("pas");
  await new Promise((resolve) => { opening.onsuccess = resolve; });
  const store = opening.result.transaction(name, "readwrite").objectStore(name);
  const asking = store.getAll();
  await new Promise((resolve) => { asking.onsuccess = resolve; });
  const [row] = asking.result;
  const act = { ...row, ...change };
  const writing = change === null ? store.delete([row.tillId, row.sequence]) : store.put(act);
  await new Promise((resolve) => { writing.onsuccess = resolve; });
}"""
MOMENTS = """async () => {
  const opening = indexedDB.open("pas");
  await new Promise((resolve) => { opening.onsuccess = resolve; });
  const asking = opening.result.transaction("queue").objectStore("queue").getAll();
  await new Promise((resolve) => { asking.onsuccess = resolve; });
  return asking.result.map((row) => row.occurredAt);
}"""


def look_at(page: Page, name: str) -> None:
    screenshot(page, f"till-{name}")
    assert accessibility_faults(page) == []


def paired(served: Served, page: Page, **details: object) -> tuple[Venue, Phone]:
    """A phone that has its limits, and then no internet any more."""
    venue, phone = a_venue(served, offline=True, **details), Phone(page)  # pyright: ignore[reportArgumentType]
    venue.pair(page)
    phone.part("to-more").click()
    expect(phone.part("offline-facts-text")).to_contain_text("zonder internet nog")
    phone.part("to-sell").click()
    kept(page)
    return venue, phone


def kept(page: Page) -> None:
    """Wait until the browser keeps the page, as it does in the first seconds; nothing else keeps it."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def back_online(phone: Phone) -> None:
    """The connection is back; the till finds out by itself."""
    phone.offline(is_off=False)
    expect(phone.part("connection-text")).to_have_text("Online", timeout=20_000)


def expect_sales(phone: Phone, *lines: str) -> None:
    """What the list says of each sale, newest first; each a part of its text."""
    phone.part("to-list").click()
    found = phone.part("sales").locator("li")
    expect(found).to_have_count(len(lines))
    expect(found).to_contain_text(list(lines), timeout=20_000)


def look_again(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def chains(venue: Venue) -> list[str]:
    async def read(connection: Connection) -> list[str]:
        rows = await connection.fetch(
            "SELECT chain FROM offline_sale WHERE till_id = $1 ORDER BY sequence", venue.till.id
        )
        return [row["chain"] for row in rows]

    return venue.do(read)
