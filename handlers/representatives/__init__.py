"""Citizens who help with a general complaint (R23, R35): invited by staff, they see how it stands and bring what they
find, never who complained."""
