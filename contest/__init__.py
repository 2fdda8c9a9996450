"""Contest runs innovation contests from a sponsor's call to the winner's pilot."""
