"""The official documents: what goes into them, what is wrong with it, and the versions that were issued."""
