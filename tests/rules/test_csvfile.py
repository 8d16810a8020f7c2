"""Files that people make: refused whole with a sentence, or one bad row at a time."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pas.csvfile import FileRefused, Row, chunks, neutral, read_rows, write_rows

COLUMNS = ("number", "name", "note")
HEADER = b"number;name;note\r\n"


def rows(content: bytes, **limits: int) -> list[Row]:
    return list(read_rows(io.BytesIO(content), COLUMNS, **limits))


def test_a_file_of_our_shape_is_read_with_the_line_numbers_of_the_file() -> None:
    found = rows(HEADER + b'1;Jan;\n\n2;"Piet ""de"" Boer";"a;b"\n3;Kees;"two\nlines"\n4;Bo;x\n')

    assert [row.line for row in found] == [2, 4, 5, 7]
    assert found[1].cells == {"number": "2", "name": 'Piet "de" Boer', "note": "a;b"}
    assert found[2].cells["note"] == "two\nlines"


def test_a_byte_order_mark_is_accepted() -> None:
    assert rows(b"\xef\xbb\xbf" + HEADER + b"1;Jan;\n")[0].cells["number"] == "1"


def test_columns_may_stand_in_any_order() -> None:
    assert rows(b"note;number;name\nx;1;Jan\n")[0].cells == {
        "number": "1",
        "name": "Jan",
        "note": "x",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "leeg"),
        (HEADER + "1;José;\n".encode("cp1252"), "Windows-1252"),
        (HEADER + b"1;\x81;\n", "geen leesbare tekst"),
        ("number;name;note\n1;Jan;\n".encode("utf-16"), "UTF-16"),
        ("number;name;note\n1;Jan;\n".encode("utf-16-le"), "geen gewoon CSV-bestand"),
        (b"number,name,note\n1,Jan,\n", "komma"),
        (b"number\tname\tnote\n1\tJan\t\n", "tab"),
        (b"number;name;note\r1;Jan;\r", "geen gewoon CSV-bestand"),
        (b"number;name\n1;Jan\n", "ontbreken: note"),
        (b"number;name;note;extra\n", "kennen wij niet: extra"),
        (b"number;name;note;name\n", "dubbel: name"),
        (b"1;Jan;x\n", "ontbreken: number, name, note"),
        (b"PK\x03\x04\x14\x00\x06\x00;\x00;\x00;\n", "geen gewoon CSV-bestand"),
    ],
)
def test_a_file_of_another_shape_is_refused_whole_with_what_was_expected(
    content: bytes, sentence: str
) -> None:
    with pytest.raises(FileRefused, match=sentence) as refused:
        rows(content)

    assert "UTF-8" in refused.value.detail or "number;name;note" in refused.value.detail


def test_an_encoding_fault_far_in_the_file_names_its_line() -> None:
    content = HEADER + b"1;Jan;\n" * 4_000 + b"2;Ren\xe9e;\n"

    with pytest.raises(FileRefused, match="regel 4002"):
        rows(content)


def test_a_row_too_many_refuses_the_file() -> None:
    assert len(rows(HEADER + b"1;Jan;\n" * 3, most_rows=3)) == 3
    with pytest.raises(FileRefused, match="meer dan 3 regels"):
        rows(HEADER + b"1;Jan;\n" * 4, most_rows=3)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (b"2;Piet\n", "2 kolommen. Het moeten er 3 zijn"),
        (b"2;Piet;x;y\n", "4 kolommen"),
        (b"2;Pi\0et;x\n", "onleesbaar"),
        (b'2;"Piet;x\n', "kolommen|aanhalingsteken"),
        (b'2;"Pi"et;x\n', "aanhalingsteken"),
        (b"2;" + b"x" * 40_000 + b";y\n", "langer dan"),
    ],
)
def test_a_bad_row_never_takes_a_good_one_down(bad: bytes, sentence: str) -> None:
    found = rows(HEADER + b"1;Jan;\n" + bad + b'3;"Kees";\n4;Bo;"x"\n')

    assert [row.line for row in found] == [2, 3, 4, 5]
    assert [bool(row.fault) for row in found] == [False, True, False, False]
    assert re.search(sentence, found[1].fault)


def test_a_quote_inside_a_bare_cell_is_just_a_character() -> None:
    assert rows(HEADER + b'1;wiel 12";x\n')[0].cells["name"] == 'wiel 12"'


@pytest.mark.parametrize("text", ["=1+1", "+31", "-1+1", "@sum", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_neutralised_on_output(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert neutral("Jan") == "Jan"
    assert f"'{text}" in "".join(write_rows(["name"], [[text]]))


@given(
    st.lists(
        st.lists(
            st.text(
                st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20
            ).map(lambda text: text.replace("\r", "")),
            min_size=2,
            max_size=2,
        ),
        max_size=8,
    )
)
def test_what_we_write_we_read_back(cells: list[list[str]]) -> None:
    written = "".join(
        write_rows(COLUMNS, [[str(index), *row] for index, row in enumerate(cells)])
    ).encode()

    found = rows(written)

    assert [row.fault for row in found] == [""] * len(cells)
    assert [[row.cells["name"], row.cells["note"]] for row in found] == [
        [neutral(cell) for cell in row] for row in cells
    ]


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_the_reader_fail(content: bytes) -> None:
    try:
        found = rows(HEADER + content)
    except FileRefused:
        return

    assert all(row.fault or set(row.cells) == set(COLUMNS) for row in found)


def test_a_stream_is_cut_in_chunks_with_the_rest_in_the_last() -> None:
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
