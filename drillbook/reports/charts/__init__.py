"""Charts: their specifications, captions and the rows behind them."""
