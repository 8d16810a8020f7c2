"""Signed notes, against one that others made."""

import pytest

from pas.seals.notes import (
    COSIGNATURE,
    Note,
    NoteUnreadable,
    Signature,
    cosign,
    is_signed_by,
    read_note,
    read_signature,
    read_verifier,
    seconds_of,
    sign,
    signers,
    verifier_of,
)

KNOWN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
KNOWN = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example in the documentation of Go's package note."""
SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))
NAME = "stad.example/velsen"


def test_a_note_that_others_made_is_read_and_written_back_to_the_byte() -> None:
    note = read_note(KNOWN)
    assert is_signed_by(note, read_verifier(KNOWN_KEY))
    assert str(note) == KNOWN
    assert read_verifier(KNOWN_KEY).text == KNOWN_KEY


def test_a_changed_word_is_seen() -> None:
    changed = read_note(KNOWN.replace("your problem is", "my problem is"))
    assert not is_signed_by(changed, read_verifier(KNOWN_KEY))


def test_a_signature_counts_for_the_key_and_the_name_that_made_it() -> None:
    note = Note("a\n", (sign("a\n", NAME, SECRET),))
    ours, same_key, same_name = (
        verifier_of(NAME, SECRET),
        verifier_of("elders", SECRET),
        verifier_of(NAME, OTHER),
    )
    assert signers(note, [ours, same_key, same_name]) == [ours]


def test_a_cosignature_is_bound_to_its_time_and_is_no_signature() -> None:
    made = cosign("a\n", "getuige", SECRET, seconds=1_700_000_000)
    witness = verifier_of("getuige", SECRET, kind=COSIGNATURE)
    later = Signature(made.name, made.key_id, b"\xff" + made.signature[1:])
    assert is_signed_by(Note("a\n", (made,)), witness)
    assert not is_signed_by(Note("a\n", (later,)), witness)
    assert not is_signed_by(Note("a\n", (made,)), verifier_of("getuige", SECRET))
    assert read_verifier(witness.text) == witness


def test_the_cosignature_of_the_standard_is_read_with_its_time() -> None:
    line = (
        "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlr"
        "DJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )
    signature = read_signature(line)
    assert (signature.name, seconds_of(signature)) == ("witness.example.com/w1", 1_679_315_147)
    assert signature.line == line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n\n",
        "a\n\nb\n",
        KNOWN[:-1],
        KNOWN.replace("\u2014 ", "- "),
        KNOWN.replace("JnAM=", "*"),
        KNOWN.replace("PeterNeumann", "Peter+Neumann"),
        KNOWN + "\u2014 x AAAA\n",
        "a\n\n" + KNOWN.splitlines()[-1] * 101 + "\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(NoteUnreadable):
        read_note(text)


@pytest.mark.parametrize(
    "text", ["", "x", KNOWN_KEY.replace("c74f20a3", "c74f20a4"), KNOWN_KEY[:-4], "a b+0+AA"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteUnreadable):
        read_verifier(text)
