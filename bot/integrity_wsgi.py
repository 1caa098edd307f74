"""What `sujarit integrity serve` loads: the desk alone."""

from bot.integrity_desk import configuration, open_database
from bot.settings import load_settings
from integrity.pages.app import create_app

_settings = load_settings()
app = create_app(configuration(_settings), open_database(_settings))
