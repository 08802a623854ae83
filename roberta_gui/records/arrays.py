"""Arrays as records hold them: read-only."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

AnyArray = TypeVar("AnyArray", bound="NDArray[Any]")


def read_only(array: AnyArray) -> AnyArray:
    """Lock ``array`` against writing and hand it back."""
    array.flags.writeable = False
    return array
