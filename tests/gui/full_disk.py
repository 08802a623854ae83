"""A disk that is full, as far as files that grow are concerned."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def no_room_on_the_disk() -> Iterator[None]:
    """Let no file grow beyond a kilobyte, as a full disk would."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
