"""What the web server loads."""

from bot.app import create_app
from bot.settings import load_settings

app = create_app(load_settings())
