"""One thread for linear algebra that comes in many small pieces."""

from contextlib import AbstractContextManager

from threadpoolctl import ThreadpoolController


class OneThread:
    """Holds BLAS to one thread, again and again, at little cost.

    A decomposition waits for all threads hundreds of times. Where another program keeps the
    cores busy, a training run for instance, each wait lasts until that one is interrupted: on
    two busy cores, two threads took twenty times as long as one. The limit is the process's own,
    so hold it no longer than a step of work.

    Examples
    --------
    >>> import numpy as np
    >>> one_thread = OneThread()
    >>> with one_thread.held():
    ...     float(np.linalg.det(np.eye(3)))
    1.0
    """

    def __init__(self) -> None:
        import scipy.linalg  # noqa: F401 - brings a BLAS of its own, which must be found below

        # Looks through all libraries that are loaded: some milliseconds.
        self._libraries = ThreadpoolController().select(user_api="blas")

    def held(self) -> AbstractContextManager[object]:
        """Return the context in which the limit holds."""
        limit: AbstractContextManager[object] = self._libraries.limit(limits=1)
        return limit
