"""The WSGI entry point for any other server: `wsgi:app`."""

from secmon.app import create_app
from secmon.settings import Settings
from secmon.web import logging

settings = Settings.from_env()
logging.configure(settings.log_level)
app = create_app(settings)
app.extensions["secmon.population"].refresh()
