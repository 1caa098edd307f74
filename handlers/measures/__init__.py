"""Integrity measures of a fiscal year: the register, its import, the year's O-items and the ITA scores."""
