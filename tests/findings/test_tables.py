"""Tables are walked as often as somebody asks, and made only then."""

from collections.abc import Iterator

import pytest

from roberta_gui.findings.tables import Table, TableRows


def test_rows_that_are_made_are_made_anew_each_time() -> None:
    made = []

    def rows() -> Iterator[tuple[object, ...]]:
        made.append(True)
        yield "a", 1.5

    table = Table(("token", "bits"), TableRows(rows))

    assert not made  # nothing is made for a table that nobody reads
    assert table.to_csv() == table.to_csv() == "token,bits\r\na,1.5\r\n"
    assert len(made) == 2


def test_rows_that_are_used_up_are_refused() -> None:
    with pytest.raises(TypeError, match="more than once"):
        Table(("n",), ((n,) for n in range(3)))
