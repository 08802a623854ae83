"""The line above each of several small pictures: as much as fits above all of them."""

from collections.abc import Callable, Sequence

from roberta_gui.gui.widgets.multiples.cell_grounds import Cell

GAP = 7.0
"""Pixels at least between a cell's name, its note and its share."""


def header_texts(
    cells: Sequence[Cell], room: float, advance: Callable[[str], float]
) -> list[tuple[str, str]]:
    """Choose what stands above the cells, beside their shares.

    Parameters
    ----------
    cells
        All of them: they are written alike, in the longest form that fits everywhere.
    room
        How wide a header is, in pixels.
    advance
        Measures a text, in pixels.

    Returns
    -------
    list
        Name and note of each cell; the note is "" where even the shortest form has no room.

    Examples
    --------
    >>> notes, names = ("PC1: position, 0.84", "position .84"), ("layer 1", "1")
    >>> cell = Cell("layer 1", "12 %", "", (0, 1, 0, 1), notes[0], names, notes[1])
    >>> [header_texts([cell], room, len)[0] for room in (50, 40, 33, 20)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('layer 1', 'PC1: position, 0.84'), ('layer 1', 'position .84'), ('1', 'position .84'),
     ('layer 1', '')]
    """

    def fits(name: str, note: str, share: str) -> bool:
        texts = [text for text in (name, note, share) if text]
        return sum(map(advance, texts)) + GAP * (len(texts) - 1) <= room

    forms = (
        [(cell.name, cell.note) for cell in cells],
        [(cell.name, cell.short_note) for cell in cells],
        [(cell.short_names[0], cell.short_note) for cell in cells],
        [(cell.short_names[1], cell.short_note) for cell in cells],
    )
    for form in forms:
        if all(fits(*texts, cell.share) for texts, cell in zip(form, cells, strict=True)):
            return form
    return [(cell.name, "") for cell in cells]
