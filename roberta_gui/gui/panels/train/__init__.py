"""Fine-tune: a model learns a task, and its curves are seen while it does."""
