"""The append-only record of who did what, when: one hash chain per contest."""
