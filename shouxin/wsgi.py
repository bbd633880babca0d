"""The web application as granian's workers load it."""

import os

from django.core.wsgi import get_wsgi_application

from shouxin.kit.startup import settle
from shouxin.operations.server.processes import end_with_spawning_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
end_with_spawning_parent()
application = get_wsgi_application()
settle()
