"""Fine-tuning: a pre-trained network learns a task from labelled texts (Liu et al. 2019, 5)."""
