"""Keep Python's garbage collector from holding the window."""

import gc

from roberta_gui.gui.store import ViewStore
from roberta_gui.lanes import MODEL
from roberta_gui.view import View


def spare_what_stays(store: ViewStore) -> None:
    """Collect nothing until the first model is there, and never look at what has come by then.

    Modules, Qt's classes and torch are a million objects that live as long as the process. Each
    full collection visits all of them, on whatever thread it happens to begin, with Python's
    lock held: more than 0.1 s in which no key is answered.
    """

    def settle(view: View, _previous: View | None = None) -> None:
        if view.model is None and MODEL not in view.problems:
            return
        store.changed.disconnect(settle)
        gc.freeze()
        gc.enable()

    gc.disable()
    store.changed.connect(settle)
