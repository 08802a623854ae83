"""Arrangements are written as one value and read back; anything else is no layout."""

import pytest

from roberta_gui.gui.window.arrangements import read_layouts, write_layouts


def test_layouts_come_back_as_they_were_written() -> None:
    layouts = {"explore": bytes(range(256)), "layers": b""}
    shares = {"explore": {"guesses": (268, 700), "attention": (636, 700)}, "layers": {}}

    written = write_layouts("layers", layouts, shares)

    assert read_layouts(written) == ("layers", layouts, shares)


def test_layouts_of_before_shares_were_written_come_back_without_any() -> None:
    assert read_layouts(b'{"chosen": "layers", "layouts": {"layers": ""}}') == (
        "layers",
        {"layers": b""},
        {},
    )


def test_sizes_that_qt_has_no_numbers_for_are_read_as_the_nearest() -> None:
    written = write_layouts("layers", {}, {"layers": {"lens": (-3, 10**30)}})

    _, _, shares = read_layouts(written)

    assert shares == {"layers": {"lens": (1, 16_777_215)}}


@pytest.mark.parametrize(
    "value",
    [b"", b"\xff\x00", b"[]", b"{}", b"3", b'{"chosen": "x", "layouts": {"x": "\xc3\xa9"}}',
     b'{"chosen": "x", "layouts": 3}', b'{"chosen": "x", "layouts": {"x": 3}}',
     b'{"chosen": "x", "layouts": {}, "shares": 3}',
     b'{"chosen": "x", "layouts": {}, "shares": {"x": {"y": [1]}}}',
     b'{"chosen": "x", "layouts": {}, "shares": {"x": {"y": [1, Infinity]}}}'],
)  # fmt: skip
def test_what_is_no_layout_is_read_as_none(value: bytes) -> None:
    assert read_layouts(value) == ("", {}, {})
