"""The WSGI entry point for any other server: `wsgi:app`."""

from secmon.app import create_app
from secmon.logins.judges import POPULATION
from secmon.observing import logs
from secmon.settings.environment import Settings

settings = Settings.from_env()
logs.configure(settings.log_level)
app = create_app(settings)
POPULATION.of(app).refresh()
