"""Duties: what the agency has to have done by when, its evidence, its year and the people it belongs to."""
