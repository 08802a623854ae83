"""RoBERTa's own recipe: text to tokenizer, to masked-LM training, to a checkpoint (no Qt).

``python -m roberta_gui.training`` is the way in.
"""
