"""Arrangements are written as one value and read back; anything else is no layout."""

import pytest

from roberta_gui.gui.window.arrangements import read_layouts, write_layouts


def test_layouts_come_back_as_they_were_written() -> None:
    layouts = {"explore": bytes(range(256)), "layers": b""}

    assert read_layouts(write_layouts("layers", layouts)) == ("layers", layouts)


@pytest.mark.parametrize(
    "value",
    [b"", b"\xff\x00", b"[]", b"{}", b"3", b'{"chosen": "x", "layouts": {"x": "\xc3\xa9"}}',
     b'{"chosen": "x", "layouts": 3}', b'{"chosen": "x", "layouts": {"x": 3}}'],
)  # fmt: skip
def test_what_is_no_layout_is_read_as_none(value: bytes) -> None:
    assert read_layouts(value) == ("", {})
