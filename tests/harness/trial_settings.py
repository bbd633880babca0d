"""The product's settings, with the jobs of trial_jobs.py made known as a room's are."""

from shouxin.settings import *  # noqa: F403 - settings are a flat list of names
from shouxin.settings import PROCRASTINATE_IMPORT_PATHS as ROOMS

PROCRASTINATE_IMPORT_PATHS = [*ROOMS, "tests.harness.trial_jobs"]
