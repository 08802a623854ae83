"""Work that begins when somebody asks for it: what came of it so far, more and more of it."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from roberta_gui.findings.tables import Arrays, Table
from roberta_gui.problems import Problem, SeveralPieces, UnencodableText

Request = TypeVar("Request")
Result = TypeVar("Result")
State = TypeVar("State", bound="RequestState[Any, Any]")


@dataclass(frozen=True, eq=False)
class RequestState(Generic[Request, Result]):
    """What came of a request so far: what was ``found``, or why its word is refused."""

    request: Request
    found: Result | None = None
    refusal: Problem | None = None
    is_done: bool = False

    @property
    def known(self) -> Result | None:
        """What was found, once there is something to be drawn."""
        return self.found

    @property
    def is_settled(self) -> bool:
        """Whether no step that is to come could tell more."""
        return False

    def table(self) -> Table | None:
        """Return the numbers as a table, or None where there are none yet."""
        known: Any = self.known
        return None if known is None else known.table()

    def arrays(self) -> Arrays | None:
        """Return the arrays by name, or None where there are none yet."""
        known: Any = self.known
        return None if known is None else known.arrays()


def followed(state: State, begin: Callable[[], Iterable[Any]]) -> Generator[State, None, State]:
    """Go through the steps that ``begin`` gives, showing what each of them has found.

    A word that is not one token is no failure: the answer says why it is refused.
    """
    try:
        for found in begin():
            state = replace(state, found=found)
            yield state
            if state.is_settled:
                break
    except (SeveralPieces, UnencodableText) as refusal:
        return replace(state, found=None, refusal=refusal, is_done=True)
    return replace(state, is_done=True)
