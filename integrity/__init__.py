"""The integrity desk: corruption reports by a door of their own, sealed.

Another house: its own database, keys, log-ins and pages. It imports nothing of ours but `thai`, and nothing of it is
read by the case desk; bot/app.py mounts it, `sujarit integrity` runs it alone.
"""
