"""The till's readers of QR codes, in a real browser, on sixty pictures that a camera may see.

The codes are written by qrcode, not by what reads them here. Each picture is read as the camera
reads it: the whole of it made smaller, then its middle.
"""

import base64
from collections.abc import Callable, Generator, Sequence
from statistics import median
from typing import TypeAlias

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Page, Route

from decoding_set import Case, sixty
from optics import HEIGHT, WIDTH, Frame, Pose, Shot, photograph
from pas.app.edge import CONTENT_POLICY
from pas.web.statics import static_url
from serving import Served
from surfaces import card

pytestmark = pytest.mark.slow

Tell: TypeAlias = Callable[[str, object], None]

MUST_READ = 57
PLAIN_MUST_READ = 44
"""What the fallback reads of the sixty, less a few: it stops by the clock, not by what it tried."""

START = """async ([decoder, camera]) => {
  globalThis.decoder = await (await import(decoder)).Decoder.start();
  globalThis.camera = await import(camera);
  return globalThis.decoder.engine;
}"""
READ = """async ([pixels, width, height]) => {
  const grey = Uint8Array.from(atob(pixels), character => character.charCodeAt(0));
  const picture = new ImageData(width, height);
  new Uint32Array(picture.data.buffer).forEach((_, at, all) => {
    all[at] = 0xff000000 + grey[at] * 0x010101;
  });
  const source = new OffscreenCanvas(width, height);
  source.getContext("2d").putImageData(picture, 0, 0);
  const canvas = document.createElement("canvas");
  const found = [];
  for (const look of camera.looks(width, height)) {
    found.push(await decoder.decode(camera.taken(source, look, canvas)));
  }
  return found.map(one => one && [one.text, one.milliseconds]);
}"""


class Reading(Struct, frozen=True):
    """What was read in each look at one picture, and how long the looks took that found it."""

    name: str
    expected: str
    texts: Sequence[str]
    milliseconds: Sequence[float]

    @property
    def right(self) -> bool:
        return self.expected in self.texts


@pytest.fixture(scope="module")
def frames() -> Sequence[tuple[Case, Frame]]:
    return [(case, case.frame()) for case in sixty()]


@pytest.fixture
def page(browser: Browser, served: Served) -> Generator[Page]:
    """A page of ours, with its own policy, that asks nothing from elsewhere."""
    context = browser.new_context(base_url=served.url)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    answer = page.goto("/velsen/till")
    assert answer is not None
    assert answer.headers["content-security-policy"] == CONTENT_POLICY.decode()
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(served.url)] == []


def start(page: Page) -> str:
    """Start the real worker; give which reader it has."""
    return page.evaluate(START, [static_url("till/decoder.js"), static_url("till/camera.js")])


def read(page: Page, frame: Frame) -> list[tuple[str, float]]:
    pixels = base64.b64encode(frame.tobytes()).decode()
    return [found for found in page.evaluate(READ, [pixels, WIDTH, HEIGHT]) if found]


def readings(page: Page, frames: Sequence[tuple[Case, Frame]]) -> list[Reading]:
    found = [(case, read(page, frame)) for case, frame in frames]
    return [
        Reading(case.name, case.text, [text for text, _ in one], [spent for _, spent in one])
        for case, one in found
    ]


def report(engine: str, found: Sequence[Reading], tell: Tell) -> int:
    """Tell how many were read and how fast; never judge how fast, machines differ."""
    right = sum(one.right for one in found)
    spent = median(spent for one in found for spent in one.milliseconds)
    missed = ", ".join(one.name for one in found if not one.right)
    tell("figures", f"{engine}: {right} of {len(found)}, median {spent:.1f} ms; not: {missed}")
    assert not [one.name for one in found if set(one.texts) - {one.expected}], "misread"
    return right


def test_zxing_reads_57_of_60_cards_and_phones(
    page: Page, frames: Sequence[tuple[Case, Frame]], record_property: Tell
) -> None:
    assert start(page) == "zxing-wasm"
    assert report("zxing-wasm", readings(page, frames), record_property) >= MUST_READ


def test_where_webassembly_is_blocked_plain_javascript_reads_most(
    page: Page, frames: Sequence[tuple[Case, Frame]], record_property: Tell
) -> None:
    page.route("**/decoder-worker.js", without_webassembly)
    assert start(page) == "qr"
    assert report("qr", readings(page, frames), record_property) >= PLAIN_MUST_READ


def without_webassembly(route: Route) -> None:
    """The worker's script, with the policy that all our pages have."""
    answer = route.fetch()
    headers = {**answer.headers, "content-security-policy": CONTENT_POLICY.decode()}
    route.fulfill(response=answer, headers=headers)


def test_the_set_can_fail(page: Page) -> None:
    """A code that is not there is not read, and one beyond all reading is not guessed."""
    start(page)
    case = sixty()[0]
    shown = photograph(case.surface, pose=case.pose, shot=case.shot, seed=1)
    assert [text for text, _ in read(page, shown)] == [case.text] * 2
    beyond = Shot(defocus=9, noise=0.3)
    assert read(page, photograph(case.surface, pose=case.pose, shot=beyond, seed=1)) == []
    away = Pose(distance=case.pose.distance, aside=(2000, 0))
    assert read(page, photograph(case.surface, pose=away, shot=case.shot, seed=1)) == []


@pytest.mark.parametrize("lost", ["**/*.wasm", "**/zxing/**"])
def test_a_reader_that_does_not_come_in_is_replaced(page: Page, lost: str) -> None:
    page.route(lost, lambda route: route.abort())
    assert start(page) == "qr"
    case = sixty()[0]
    assert [text for text, _ in read(page, case.frame())] == [case.text] * 2


OLD_BROWSER = """
globalThis.Worker = class extends Worker { constructor(url) { super(url); } };
"""


def test_a_browser_without_module_workers_reads_in_the_page(page: Page) -> None:
    page.add_init_script(OLD_BROWSER)
    page.reload()
    assert start(page) == "qr"
    case = sixty()[0]
    assert [text for text, _ in read(page, case.frame())] == [case.text] * 2


def test_a_page_itself_may_not_compile_webassembly(page: Page) -> None:
    binary = "Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)"
    tried = page.evaluate(f"() => WebAssembly.compile({binary}).then(() => 'did', String)")
    assert "Content Security Policy" in tried


def test_one_picture_at_a_time_and_none_after_a_stop(page: Page) -> None:
    start(page)
    answers = page.evaluate(
        """async () => {
          const blank = () => new ImageData(400, 400);
          const [first, second] = [blank(), blank()];
          const both = await Promise.all([decoder.decode(first), decoder.decode(second)]);
          const under = decoder.decode(blank()).then(() => "read", String);
          await Promise.resolve();
          decoder.stop();
          const after = await decoder.decode(blank()).then(() => "read", String);
          return [...both, first.data.length, await under, after];
        }"""
    )
    assert answers == [None, None, 0, "Error", "Error"]


def test_our_code_is_read_beside_that_of_another(page: Page) -> None:
    start(page)
    ours = sixty()[0]
    both = photograph(
        card("HTTPS://EXAMPLE.ORG/MENU", 1),
        pose=Pose(distance=190, aside=(-300, 0)),
        shot=Shot(),
        seed=1,
    )
    mine = photograph(ours.surface, pose=Pose(distance=190, aside=(200, 0)), shot=Shot(), seed=1)
    both[:, WIDTH // 2 - 60 :] = mine[:, WIDTH // 2 - 60 :]
    assert read(page, both)[0][0] == ours.text
