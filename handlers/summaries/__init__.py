"""What executives read: the figures of a period, the card and the report of each quarter, half-year and year."""
