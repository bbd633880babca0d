"""What runs without anybody waiting: first keys at the start, rotation and re-encryption in the background."""

import os
from dataclasses import replace

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256, SM4_GCM_HMAC_SM3
from shouxin.core.policy import Permission, service_actor
from shouxin.kit import startup
from shouxin.kit.queueing import queue_once
from shouxin.vault import algorithms, outdating, rebuilding, rotation, services
from shouxin.vault.errors import VaultError
from shouxin.vault.index_queries import unfinished
from shouxin.vault.models import Settings
from shouxin.vault.queries import outdated_epochs, outdated_groups, outdated_indexes, outdated_secrets

SETUP = service_actor("setup")
KEEPER = replace(service_actor("keys"), permissions=frozenset({Permission.VAULT_KEY_ROTATE}))
ROTATE = "vault.rotate"
SUITES = {"aes": AES_256_GCM_HMAC_SHA256.id, "sm4": SM4_GCM_HMAC_SM3.id}
PASSPHRASE = "SHOUXIN_ROOT_KEY_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable


class UnknownSuite(VaultError):
    """SHOUXIN_SUITE names no suite; the first start decides for good, so it is not guessed."""


def make_first_keys() -> None:
    """Make root key, epoch key and search index of an installation that has none.

    A database that was sealed under a root key now missing gets no new one: nothing would open with it.
    """
    if Settings.objects.exists():
        return
    name = os.environ.get("SHOUXIN_SUITE", "aes").lower()
    if name not in SUITES:
        raise UnknownSuite(f"SHOUXIN_SUITE: {', '.join(SUITES)}")
    services.make_root_key(suite=SUITES[name], with_passphrase=bool(os.environ.get(PASSPHRASE)))
    services.set_up(actor=SETUP, suite=SUITES[name])


def register() -> None:
    startup.steps.register("vault.keys", make_first_keys)


@app.task(name=outdating.REENCRYPT, queue=outdating.QUEUE, pass_context=True)
def reencrypt(context: JobContext) -> None:
    """Seal again what an outdated suite sealed; what somebody is working on is left for another round (`go_on`)."""
    left = 0
    for done in algorithms.reencrypt(actor=KEEPER):
        left = done.remaining
        if context.should_abort():
            raise JobAborted
    if left:
        raise JobAborted


@app.task(name=ROTATE, queue=outdating.QUEUE, pass_context=True)
def rotate(context: JobContext) -> None:
    """Rotate the epoch keys; what a cut-off left under way is finished, and nothing is begun twice."""
    for _done in services.rotate(actor=KEEPER):
        if context.should_abort():
            raise JobAborted


@app.task(name=rebuilding.REBUILD, queue=rebuilding.QUEUE, pass_context=True)
def rebuild_index(context: JobContext) -> None:
    """Go on building the search index anew; begins nothing."""
    for _done in rebuilding.work(actor=rebuilding.INDEXER):
        if context.should_abort():
            raise JobAborted


@app.periodic(cron="*/10 * * * *")
@app.task(name="vault.go_on", queue=outdating.QUEUE, pass_context=True)
def go_on(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Go on with what was cut off, or left because somebody was working on it; begins nothing."""
    if outdated_groups() or outdated_secrets() or outdated_epochs() or outdated_indexes():
        queue_once(outdating.REENCRYPT, queue=outdating.QUEUE)
    if unfinished():
        queue_once(rebuilding.REBUILD, queue=rebuilding.QUEUE)
    for _done in rotation.finish_retiring(KEEPER):
        if context.should_abort():
            raise JobAborted
