"""What the web server loads."""

from bot import logs
from bot.app import create_app
from bot.settings import load_settings

logs.configure()  # granian's worker is a process of its own
app = create_app(load_settings())
