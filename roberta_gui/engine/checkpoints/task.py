"""Find out what a checkpoint was fine-tuned to tell, from its configuration and its weights."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from roberta_gui.records import Task, TaskKind

_TEXT_HEAD = {
    "task_head.dense.weight": "classifier.dense.weight",
    "task_head.dense.bias": "classifier.dense.bias",
    "task_head.output.weight": "classifier.out_proj.weight",
    "task_head.output.bias": "classifier.out_proj.bias",
}
_TOKEN_HEAD = {
    "task_head.output.weight": "classifier.weight",
    "task_head.output.bias": "classifier.bias",
}


def task_of(content: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Task | None:
    """Tell what a checkpoint was fine-tuned to, by its architecture and the head that is there.

    Parameters
    ----------
    content
        Of ``config.json``: the architecture, the names of the labels, the kind of problem.
    tensors
        Those of the weights, under the names that the files give.

    Returns
    -------
    Task or None
        None where there is no such head; one of another architecture, such as of multiple
        choice, is none. Labels without a name are called as transformers calls them.
    """
    named = content.get("architectures")
    architecture = str(named[0]) if isinstance(named, list) and named else ""
    tokens = architecture.endswith("ForTokenClassification")
    names = _TOKEN_HEAD if tokens else _TEXT_HEAD
    if not all(name in tensors for name in names.values()):
        return None
    n_labels = len(tensors[names["task_head.output.bias"]])
    given = content.get("id2label")
    known = {str(key): str(name) for key, name in given.items()} if isinstance(given, dict) else {}
    labels = tuple(known.get(str(place), f"LABEL_{place}") for place in range(n_labels))
    if tokens:
        return Task("tokens", labels)
    problem = content.get("problem_type") or ("regression" if n_labels == 1 else "")
    kinds: dict[object, TaskKind] = {
        "regression": "regression",
        "multi_label_classification": "multi_label",
    }
    return Task(kinds.get(problem, "classification"), labels)


def task_names(task: Task) -> dict[str, str]:
    """Translate: our name of every parameter of the task's head to the file's."""
    return _TOKEN_HEAD if task.kind == "tokens" else _TEXT_HEAD
