"""From scorecards to an order with honest uncertainty."""
