"""The starter pack an agency begins with: FAQ, service catalogue and fixed replies. Data, not behaviour."""
