"""Arrays as records hold them: read-only, and described by their shapes where they are shown."""

from collections.abc import Mapping
from dataclasses import fields
from reprlib import Repr
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

AnyArray = TypeVar("AnyArray", bound="NDArray[Any]")


def read_only(array: AnyArray) -> AnyArray:
    """Lock ``array`` against writing and hand it back."""
    array.flags.writeable = False
    return array


class HoldsArrays:
    """A record whose ``repr`` is a line or two: shapes instead of arrays, counts instead of items.

    Give ``repr=False`` to the dataclass, which would write a longer one of its own.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __repr__(self) -> str:
        parts = (f"{one.name}={_in_short(getattr(self, one.name))}" for one in fields(self))
        return f"{type(self).__name__}({', '.join(parts)})"


_SHORT = Repr()
_SHORT.maxstring = 60


def _in_short(value: object) -> str:
    """Write a field: what is long by its size, what has a name or a text by that."""
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {value.shape}>"
    if isinstance(value, tuple | Mapping):
        return f"<{len(value)}>"
    for known in ("text", "name"):  # of a request, and of a model
        if isinstance(name := getattr(value, known, None), str):
            return _SHORT.repr(name)
    return repr(value) if isinstance(value, HoldsArrays) else _SHORT.repr(value)
