"""What a fine-tuned model says of a text: the logits of its task's labels."""

import torch

from roberta_gui.engine.climbing import climb, edits_of, embed_ids, finish
from roberta_gui.engine.devices import memory_problems
from roberta_gui.engine.finite import need_finite
from roberta_gui.engine.prepared import Prepared, need_task_head
from roberta_gui.engine.roberta import Roberta
from roberta_gui.records import AnalysisRequest, ModelInfo, Prediction, Report, Stop, read_only
from roberta_gui.wording import counted


@torch.inference_mode()
def predict(
    network: Roberta,
    info: ModelInfo,
    request: AnalysisRequest,
    prepared: Prepared,
    stop: Stop | None = None,
    report: Report | None = None,
) -> Prediction:
    """Run the blocks and the head of the task.

    Raises
    ------
    problems.NoTaskHead
        The model was fine-tuned to no task.
    problems.Stopped
        ``stop()`` said so between two layers.
    problems.TooLittleMemory
        The pass does not fit the device.
    problems.NotFinite
        The pass came to infinite or undefined values.
    """
    task, head = need_task_head(network)
    if report is not None:
        report("Reading the text", None)
    device = network.embeddings.word.weight.device
    with memory_problems(device, f"A pass over {counted(len(prepared.tokens), 'token')}"):
        hidden = embed_ids(network, [prepared.ids], prepared.types)  # (1, token, feature)
        layers = range(network.configuration.n_layers)
        hidden = finish(climb(network, hidden, layers, None, edits_of(prepared), stop))
        need_finite(hidden)
        logits = head(hidden)[0].float().cpu().numpy()  # (label,) or (token, label)
    return Prediction(request, info, task, prepared.tokens, read_only(logits))
