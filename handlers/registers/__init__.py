"""Registers that a local administration keeps as evidence: orders, committees, activities, channels, news, gifts ..."""
