"""What `sujarit integrity serve` loads: the desk alone."""

from bot.integrity_desk import configuration
from bot.settings import load_settings
from integrity.database import Database
from integrity.pages.app import create_app

_settings = load_settings()
app = create_app(configuration(_settings), Database(_settings.integrity_database))
