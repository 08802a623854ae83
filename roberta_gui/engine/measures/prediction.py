"""What a fine-tuned model says of a text: the logits of its task's labels."""

import torch

from roberta_gui.engine.climbing import climb_whole
from roberta_gui.engine.devices import batch_memory
from roberta_gui.engine.forward import need_finite
from roberta_gui.engine.interruption import finish
from roberta_gui.engine.prepared import Prepared, need_task_head
from roberta_gui.engine.roberta import Roberta
from roberta_gui.records import AnalysisRequest, ModelInfo, Prediction, Report, Stop, read_only


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
    with batch_memory(network.device, 1, len(prepared.tokens)):
        hidden = finish(climb_whole(network, [prepared.ids], prepared, None, stop))
        need_finite(hidden)
        logits = head(hidden)[0].float().cpu().numpy()  # (label,) or (token, label)
    return Prediction(request, info, task, prepared.tokens, read_only(logits))
