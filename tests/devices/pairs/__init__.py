"""Pairs of logins: is the second from a device that the first made known?"""

from tests.devices.pairs.android_apps import ANDROID_APPS
from tests.devices.pairs.apple import APPLE
from tests.devices.pairs.browsers import BROWSERS
from tests.devices.pairs.harmony import HARMONY
from tests.devices.pairs.in_app import IN_APP
from tests.devices.pairs.scripts import SCRIPTS
from tests.devices.pairs.spoofed import SPOOFED

PAIRS = ANDROID_APPS + APPLE + HARMONY + IN_APP + BROWSERS + SCRIPTS + SPOOFED
