"""The day on stage: running order, timer, live scoring, projector."""
