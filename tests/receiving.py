"""A program of a merchant that receives messages: a real server over TLS, with an authority of its own."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from pas.outgoing.post import Place, Post

NAME = "kassa.duinrun.nl"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Received(msgspec.Struct, frozen=True):
    """One message as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """Keeps what comes in, and answers what it was told to."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[bytes] = []
        self.otherwise = OK
        self.pause = 0.0
        self.now = 0
        self.most_at_once = 0
        self.port = 0
        self.came = asyncio.Event()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.split("\r\n")
            headers = {
                name.lower(): value
                for name, _, value in (part.partition(": ") for part in rest if part)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.received.append(Received(line.split(" ")[1], headers, body))
            self.came.set()
            await asyncio.sleep(self.pause)
            writer.write(self.answers.pop(0) if self.answers else self.otherwise)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            self.now -= 1
            writer.close()


@cache
def an_authority() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """An authority that only the tests trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    return a_certificate("Tests", key, None), key


def a_certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    *,
    days: int = 1,
) -> x509.Certificate:
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = key if issuer is None else issuer[1]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(a_usage(ca=issuer is None), critical=True)
    )
    if issuer is not None:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
    return builder.sign(signer, hashes.SHA256())


def a_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def server_trust(name: str, *, days: int = 1) -> ssl.SSLContext:
    """What a server of this name shows."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = a_certificate(name, key, an_authority(), days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
        context.load_cert_chain(path)
    return context


def authority_pem() -> str:
    return an_authority()[0].public_bytes(Encoding.PEM).decode()


def client_trust() -> ssl.SSLContext:
    """Trust the authority of the tests, and no other."""
    return ssl.create_default_context(cadata=authority_pem())


@asynccontextmanager
async def receiving(
    name: str = NAME, *, address: str = "127.0.0.1", days: int = 1, port: int = 0
) -> AsyncGenerator[Receiver]:
    """A receiver that listens, until the end."""
    receiver = Receiver()
    server = await asyncio.start_server(
        receiver.handle, address, port, ssl=server_trust(name, days=days)
    )
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


class Names:
    """Where names lead: to each place in turn, and the last one for ever."""

    def __init__(self) -> None:
        self.places = defaultdict[str, list[list[Place]]](list)
        self.asked: list[str] = []

    def lead(self, name: str, *places: Place) -> None:
        self.places[name].append(list(places))

    async def look_up(self, name: str) -> Sequence[Place]:
        self.asked.append(name)
        turns = self.places.get(name)
        if turns is None:
            raise OSError("no such name")
        return turns.pop(0) if len(turns) > 1 else turns[0]


def anywhere(_addresses: Sequence[str]) -> bool:
    """For a receiver of the tests, which can only be on this machine."""
    return True


def a_post(names: Names, *, total_seconds: float = 5.0) -> Post:
    """One that reaches receivers on this machine, and trusts the authority of the tests."""
    return Post(
        look_up=names.look_up,
        may_reach=anywhere,
        trust=client_trust(),
        total_seconds=total_seconds,
    )


def leading_to(receiver: Receiver, name: str = NAME, *, address: str = "127.0.0.1") -> Names:
    names = Names()
    names.lead(name, Place(address, receiver.port))
    return names
