"""The tree, its keys and its checkpoints: RFC 9162 (2.1), C2SP signed-note and tlog-checkpoint."""

import base64
import hashlib

from ed25519 import is_signature


class Unreadable(Exception):
    """The export is not there, or not whole."""


class Tree:
    """Whole subtrees of falling height over the leaves so far (RFC 9162, 2.1)."""

    def __init__(self) -> None:
        self.size = 0
        self.tops = list[bytes]()

    def add(self, leaf: bytes) -> None:
        self.size += 1
        size = self.size
        while size % 2 == 0:
            leaf, size = hashlib.sha256(b"\1" + self.tops.pop() + leaf).digest(), size // 2
        self.tops.append(leaf)

    def root(self) -> bytes:
        if not self.tops:
            return hashlib.sha256().digest()
        found = self.tops[-1]
        for left in self.tops[-2::-1]:
            found = hashlib.sha256(b"\1" + left + found).digest()
        return found


class Key:
    """A public key, and the four bytes that stand before its signatures."""

    def __init__(self, name: str, public: bytes) -> None:
        self.public = public
        named = name.encode() + b"\n\1" + public
        self.key_id = hashlib.sha256(named).digest()[:4]


def read_key(word: str) -> tuple[str, Key]:
    """Read a key as it is published, ``name+id+key``, and whose it is."""
    name, _, rest = word.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    kind_and_key = base64.b64decode(encoded)
    key = Key(name, kind_and_key[1:])
    if kind_and_key[:1] != b"\1" or len(key.public) != 32 or key.key_id.hex() != key_id:
        raise Unreadable(f"{word} is not a key. It looks like: name+a1b2c3d4+AYx…=")
    return name, key


class Note:
    """Lines of text, and the signatures under them."""

    def __init__(self, note: str) -> None:
        self.text, _, lines = note.rpartition("\n\n")
        self.text += "\n"
        try:
            self.signatures = [
                base64.b64decode(line.rpartition(" ")[2]) for line in lines.splitlines()
            ]
        except ValueError:
            raise Unreadable("A signed note is not readable.") from None

    def is_by(self, key: Key) -> bool:
        signed = self.text.encode()
        return any(
            one[:4] == key.key_id and is_signature(key.public, signed, one[4:])
            for one in self.signatures
        )


class Checkpoint(Note):
    """How many leaves there are, and their root."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        try:
            self.origin, size, root = self.text.split("\n")[:3]
            self.size, self.root = int(size), base64.b64decode(root)
        except ValueError:
            raise Unreadable("A checkpoint is not readable.") from None
