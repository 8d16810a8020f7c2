"""A message goes to the address that was looked at and judged, over TLS, and to nowhere inside."""

import asyncio
import gzip
import ssl
import time
from contextlib import suppress

import pytest

from pas.outgoing.post import Place, Post, look_up
from receiving import (
    NAME,
    Names,
    a_post,
    anywhere,
    client_trust,
    leading_to,
    receiving,
    server_trust,
)

URL = f"https://{NAME}/pas?winkel=1"
HEADERS = {"webhook-id": "1"}
BODY = '{"type":"endpoint.test"}'


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in (*headers, f"content-length: {len(body)}"))
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


async def test_a_message_arrives_as_it_was_sent() -> None:
    async with receiving() as receiver:
        sent = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
    [one] = receiver.received
    assert (sent.status, sent.problem, sent.answer) == (200, None, "ok")
    assert (one.path, one.body.decode()) == ("/pas?winkel=1", BODY)
    assert one.headers["host"] == NAME
    assert one.headers["content-type"] == "application/json"
    assert one.id == "1"


@pytest.mark.parametrize(
    "places",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["169.254.169.254"],
        ["10.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
        ["8.8.8.8", "fe80::1"],
    ],
)
async def test_a_name_that_leads_inside_gets_nothing_also_by_one_of_its_addresses(
    places: list[str],
) -> None:
    async with receiving() as receiver:
        names = Names()
        names.lead(NAME, *(Place(address, receiver.port) for address in places))
        post = Post(look_up=names.look_up, trust=client_trust(), total_seconds=5)
        sent = await post.send(URL, BODY, HEADERS)
    assert (sent.status, sent.problem) == (None, "address-not-public")
    assert receiver.received == []


async def test_what_the_system_says_of_names_is_judged_too() -> None:
    """The real look-up, with the names that every machine knows for itself."""
    places = await look_up("localhost")
    sent = await Post().send("https://localhost/", BODY, HEADERS)
    assert {place.address for place in places} <= {"127.0.0.1", "::1"}
    assert sent.problem == "address-not-public"


async def test_the_address_that_was_judged_is_the_one_that_is_reached() -> None:
    """Asked twice, a name server could say something else the second time."""
    judged: list[str] = []
    async with receiving() as first, receiving(address="127.0.0.2") as second:
        names = Names()
        names.lead(NAME, Place("127.0.0.1", first.port))
        names.lead(NAME, Place("127.0.0.2", second.port))

        def may_reach(addresses: object) -> bool:
            judged.append(str(addresses))
            return True

        post = Post(look_up=names.look_up, may_reach=may_reach, trust=client_trust())
        await post.send(URL, BODY, HEADERS)
    assert names.asked == [NAME]
    assert judged == ["['127.0.0.1']"]
    assert (len(first.received), len(second.received)) == (1, 0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with receiving() as receiver, receiving("elders.duinrun.nl") as inside:
        receiver.answers = [
            answer(f"{status} Elders", b"", f"location: https://127.0.0.1:{inside.port}/")
        ]
        sent = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
    assert (sent.status, sent.problem) == (status, "redirected")
    assert (len(receiver.received), len(inside.received)) == (1, 0)


async def test_the_certificate_must_be_of_the_name_that_was_given() -> None:
    async with receiving("iemand.anders.nl") as receiver:
        sent = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
    assert (sent.status, sent.problem) == (None, "certificate-wrong")
    assert receiver.received == []


async def test_a_certificate_of_before_or_of_a_stranger_is_refused() -> None:
    async with receiving(days=-1) as receiver:
        expired = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
    async with receiving() as receiver:
        post = Post(look_up=leading_to(receiver).look_up, may_reach=anywhere)
        stranger = await post.send(URL, BODY, HEADERS)
    assert (expired.problem, stranger.problem) == ("certificate-wrong", "certificate-wrong")
    assert receiver.received == []


async def test_a_server_without_tls_gets_nothing() -> None:
    heard = bytearray()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read(10_000))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    names = Names()
    names.lead(NAME, Place("127.0.0.1", server.sockets[0].getsockname()[1]))
    sent = await a_post(names).send(URL, BODY, HEADERS)
    server.close()
    assert sent.problem == "certificate-wrong"
    assert BODY.encode() not in heard


async def test_no_proxy_and_no_authority_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with receiving() as receiver, receiving() as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("SSL_CERT_FILE", "/nergens")
        monkeypatch.setenv("SSL_CERT_DIR", "/nergens")
        sent = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
        Post()
    assert sent.problem is None
    assert (len(receiver.received), len(proxy.received)) == (1, 0)


async def test_a_receiver_that_takes_long_is_left() -> None:
    async with receiving() as receiver:
        receiver.pause = 30
        started = time.monotonic()
        sent = await a_post(leading_to(receiver), total_seconds=0.3).send(URL, BODY, HEADERS)
    assert (sent.status, sent.problem) == (None, "too-slow")
    assert time.monotonic() - started < 2


async def test_a_byte_now_and_then_keeps_nobody_waiting() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(drip, "127.0.0.1", 0, ssl=server_trust(NAME))
    names = Names()
    names.lead(NAME, Place("127.0.0.1", server.sockets[0].getsockname()[1]))
    sent = await a_post(names, total_seconds=0.5).send(URL, BODY, HEADERS)
    server.close()
    assert sent.problem == "too-slow"
    assert sent.milliseconds < 2_000


async def test_of_a_long_answer_only_the_beginning_is_read_and_shown_on_one_line() -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n<b>\x00\x1b[31m\r\n")
        with suppress(ConnectionError, ssl.SSLError):
            while not writer.is_closing():
                writer.write(b"x" * 10_000)
                await writer.drain()

    server = await asyncio.start_server(pour, "127.0.0.1", 0, ssl=server_trust(NAME))
    names = Names()
    names.lead(NAME, Place("127.0.0.1", server.sockets[0].getsockname()[1]))
    sent = await a_post(names, total_seconds=3).send(URL, BODY, HEADERS)
    server.close()
    assert sent.problem is None
    assert sent.answer.startswith("<b> [31m xxx")
    assert len(sent.answer) == 200
    assert sent.answer.isprintable()


async def test_a_squeezed_answer_is_not_blown_up() -> None:
    body = gzip.compress(b"0" * 10_000_000)
    async with receiving() as receiver:
        receiver.answers = [answer("200 OK", body, "content-encoding: gzip")]
        sent = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
    assert "000000" not in sent.answer


@pytest.mark.parametrize("status", ["400 Fout", "404 Weg", "410 Weg", "500 Stuk", "503 Druk"])
async def test_what_is_not_taken_has_not_arrived(status: str) -> None:
    async with receiving() as receiver:
        receiver.answers = [answer(status, b"nee")]
        sent = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
    assert (sent.status, sent.problem, sent.answer) == (int(status[:3]), "not-accepted", "nee")


@pytest.mark.parametrize("said", [b"hallo\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b""])
async def test_an_answer_that_is_none_is_told(said: bytes) -> None:
    async with receiving() as receiver:
        receiver.answers = [said]
        sent = await a_post(leading_to(receiver)).send(URL, BODY, HEADERS)
    assert (sent.status, sent.problem) == (None, "answer-unreadable")


async def test_a_name_that_leads_nowhere_and_a_port_that_nobody_listens_on_are_told() -> None:
    async with receiving() as receiver:
        names = leading_to(receiver)
    names.lead("leeg.duinrun.nl")
    post = a_post(names)
    unknown = await post.send("https://nergens.duinrun.nl/", BODY, HEADERS)
    empty = await post.send("https://leeg.duinrun.nl/", BODY, HEADERS)
    closed = await post.send(URL, BODY, HEADERS)
    assert [one.problem for one in (unknown, empty, closed)] == [
        "name-not-found",
        "name-not-found",
        "no-connection",
    ]
