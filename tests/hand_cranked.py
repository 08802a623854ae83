"""An executor that a test turns by hand, so that order is proved without threads and sleeps."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class HandCrankedExecutor(Executor):
    """Keeps what is submitted until `run_next` runs it on the calling thread."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._closed = False

    @property
    def n_waiting(self) -> int:
        """How many calls wait."""
        return len(self._waiting)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Store a call for later; nothing runs yet."""
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[T] = Future()
        self._waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    def run_next(self) -> None:
        """Run the call that has waited longest.

        Raises
        ------
        IndexError
            Nothing waits.
        """
        future, call = self._waiting.popleft()
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - as a real executor: the Future has it
            future.set_exception(error)

    def run_all(self) -> None:
        """Run until nothing waits, what the calls themselves submit included."""
        while self._waiting:
            self.run_next()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; what waits is run (or cancelled), as a real executor would."""
        self._closed = True
        if cancel_futures:
            for future, _ in self._waiting:
                future.cancel()
        if wait:
            self.run_all()
