"""The web application as granian's workers load it."""

import os

from django.core.wsgi import get_wsgi_application

from shouxin.kit.startup import settle
from shouxin.operations.server.processes import end_with_spawning_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
end_with_spawning_parent()
_django = get_wsgi_application()

from shouxin.api import lean  # noqa: E402 - the rooms are loaded by Django

application = lean.beside(_django)
settle()
