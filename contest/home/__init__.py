"""Pages that read across features: the start page, search, the event history."""
