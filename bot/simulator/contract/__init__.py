"""LINE's contract, written by hand from its reference: what may be in a request, and how much of it."""

from bot.simulator.contract.messages import check_messages
from bot.simulator.contract.rich_menu import check_rich_menu

__all__ = ["check_messages", "check_rich_menu"]
