"""What the vault can be asked without opening anything: candidates of a search, holders of keys, states, counts."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from shouxin.core import identifiers
from shouxin.core.crypto.providers import ProviderState
from shouxin.core.crypto.wrapping import FIRST_ROOT
from shouxin.core.policy import Actor, FieldRule, GroupState, Permission
from shouxin.vault import control, database, files, places
from shouxin.vault.groups import Pair
from shouxin.vault.keyring import root_key_path
from shouxin.vault.models import (
    Algorithm,
    AlgorithmStatus,
    DataKey,
    EpochKey,
    Group,
    RootKey,
    RootState,
    SearchIndexVersion,
    Settings,
)
from shouxin.vault.tokens import KEYS, UNIQUE_IN_CUSTOMER, namespace_of

Record = tuple[UUID, UUID]  # (customer, record)

_HOLDERS = """
SELECT t.token, k.customer_id, k.record_id FROM unnest(%b::bytea[]) AS t(token)
JOIN vault_business_key k ON k.field = %b::text AND k.token = t.token
"""


def key_holders(
    *, rule: FieldRule, texts: Collection[str], customer: UUID | None = None
) -> Mapping[str, Record]:
    """Which record holds each business key, for those that are taken; one statement whatever the number.

    `customer` is named for keys that are unique within one customer only.
    """
    kind = next((kind for kind in rule.indexes if kind in KEYS), None)
    if kind is None or not texts:
        return {}
    index = control.searched_index()
    namespace = namespace_of(kind, customer) if customer else b""
    tokens: dict[bytes, list[str]] = {}
    for text in set(texts):
        normalised = identifiers.normalise(rule.validator, text)
        if normalised:
            tokens.setdefault(index.unique(rule.key, namespace, normalised), []).append(text)
    found = database.execute(_HOLDERS, [list(tokens), rule.key])
    return {text: (customer_id, record) for token, customer_id, record in found for text in tokens[token]}


def key_holders_within(
    *, rule: FieldRule, pairs: Collection[tuple[UUID, str]]
) -> Mapping[tuple[UUID, str], UUID]:
    """Which record holds each key that is unique within its customer: (customer, text) → record; one statement."""
    if not pairs:
        return {}
    index = control.searched_index()
    tokens: dict[bytes, list[tuple[UUID, str]]] = {}
    for customer, text in set(pairs):
        normalised = identifiers.normalise(rule.validator, text)
        if normalised:
            namespace = namespace_of(UNIQUE_IN_CUSTOMER, customer)
            tokens.setdefault(index.unique(rule.key, namespace, normalised), []).append((customer, text))
    found = database.execute(_HOLDERS, [list(tokens), rule.key])
    return {pair: record for token, _, record in found for pair in tokens[token]}


def states(customers: Collection[UUID]) -> Mapping[UUID, Mapping[str, GroupState]]:
    """The state of every storage group of these customers, one statement."""
    found: dict[UUID, dict[str, GroupState]] = {}
    rows = database.execute(
        "SELECT customer_id, storage_group, state FROM vault_group WHERE customer_id = ANY(%b::uuid[])",
        [list(customers)],
    )
    for customer, group, state in rows:
        found.setdefault(customer, {})[group] = GroupState(state)
    return found


def changed_records(customers: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """(customer, record) of everything that was written more than once and whose earlier versions are still there."""
    return database.execute(
        "SELECT DISTINCT customer_id, record_id FROM vault_sealed_history"
        " WHERE customer_id = ANY(%b::uuid[]) ORDER BY customer_id, record_id",
        [list(customers)],
    )


def groups_in(state: GroupState, customers: Iterable[UUID]) -> list[Pair]:
    """The storage groups of these customers that are in `state`."""
    found = states(list(customers))
    return [(c, group) for c, groups in found.items() for group, now in groups.items() if now is state]


@dataclass(frozen=True, slots=True)
class EpochCount:
    epoch: int
    state: str
    suite: int
    data_keys: int


@dataclass(frozen=True, slots=True)
class AlgorithmCount:
    suite: int
    name: str
    status: str
    groups: int
    secrets: int  # small secrets, owners of parcels, files
    epochs: int
    indexes: int

    @property
    def values(self) -> int:
        """What is encrypted again when the suite is outdated: storage groups, small secrets, owners of parcels."""
        return self.groups + self.secrets


@dataclass(frozen=True, slots=True)
class RootCount:
    """A root key: what it is, how many keys are under it, and whether its key file is still there."""

    number: int
    kind: str
    fingerprint: str
    suite: int
    state: str
    keys: int
    kept: bool


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Everything about keys that may be told: counts, versions, states. `provider` is None when it is stopped."""

    provider: str | None
    fingerprint: str | None
    suite: int | None
    epochs: tuple[EpochCount, ...]
    algorithms: tuple[AlgorithmCount, ...]
    index_versions: tuple[tuple[int, str, int, int], ...]  # version, state, planned records, bits
    groups: Mapping[str, int]  # state → number
    roots: tuple[RootCount, ...]
    places: tuple[places.Count, ...]  # of keys under the root key


def key_status(*, actor: Actor) -> KeyStatus:
    """Counts per key version, algorithm and state; works with the key provider stopped.

    Raises:
        NotAllowed: the actor may not read about keys.
    """
    actor.require(Permission.VAULT_KEY_READ)
    provider, standing = control.provider_state(), places.count()
    per_epoch = dict(DataKey.objects.values_list("epoch").annotate(Count("customer_id")))
    per_suite = dict(DataKey.objects.values_list("suite").annotate(Count("customer_id")))
    return KeyStatus(
        provider=provider.kind if provider else None,
        fingerprint=provider.fingerprint if provider else None,
        suite=Settings.objects.values_list("suite", flat=True).first(),
        epochs=tuple(
            EpochCount(e.epoch, e.state, e.suite, per_epoch.get(e.epoch, 0))
            for e in EpochKey.objects.order_by("epoch")
        ),
        algorithms=tuple(
            _of_suite(a, per_suite.get(a.suite, 0), standing) for a in Algorithm.objects.order_by("suite")
        ),
        index_versions=tuple(
            (i.version, i.state, i.planned, i.bits) for i in SearchIndexVersion.objects.order_by("version")
        ),
        groups=dict(Group.objects.values_list("state").annotate(Count("customer_id"))),
        roots=tuple(_roots(provider, standing)),
        places=tuple(standing),
    )


def _of_suite(one: Algorithm, groups: int, standing: Sequence[places.Count]) -> AlgorithmCount:
    per_place = {place.key: place.suites.get(one.suite, 0) for place in standing}
    return AlgorithmCount(
        one.suite,
        one.name,
        one.status,
        groups,
        secrets=sum(of_rooms(place, one.suite) for place in standing) + len(files.aged([one.suite])),
        epochs=per_place[places.EPOCHS],
        indexes=per_place[places.INDEXES],
    )


def _roots(provider: ProviderState | None, standing: Sequence[places.Count]) -> Iterator[RootCount]:
    keys = Counter[int]()
    for place in standing:
        keys.update(place.roots)
    rows = RootKey.objects.order_by("number")
    for row in rows:
        kept = root_key_path(row.number).exists()
        yield RootCount(row.number, row.kind, row.fingerprint, row.suite, row.state, keys[row.number], kept)
    if not rows and provider is not None:  # never rotated
        current = RootState.CURRENT.value
        yield RootCount(
            FIRST_ROOT,
            provider.kind,
            provider.fingerprint,
            provider.suite,
            current,
            keys[FIRST_ROOT],
            kept=True,
        )


def root_key_work() -> str | None:
    """What concerning root keys was begun and not finished: their rotation, or the destruction of an old one."""
    states = set(RootKey.objects.values_list("state", flat=True))
    if states & {RootState.PREPARED, RootState.RETIRING}:
        return "rotation"
    return "destruction" if RootState.DESTROYING in states else None


def keys_usable() -> bool:
    """Whether sealed values can be read and written now: keys were set up and the key provider answers."""
    return control.provider_state() is not None and Settings.objects.exists()


def outdated_suites() -> frozenset[int]:
    """The suites that are marked outdated."""
    found = Algorithm.objects.filter(status=AlgorithmStatus.OUTDATED).values_list("suite", flat=True)
    return frozenset(found)


def outdated_groups() -> int:
    """How many storage groups are still sealed under an outdated suite."""
    return DataKey.objects.filter(suite__in=outdated_suites()).count()


def outdated_secrets() -> int:
    """How many small secrets, owners of parcels and files are still sealed under an outdated suite."""
    outdated = outdated_suites()
    standing = places.count() if outdated else []
    rooms = sum(of_rooms(place, suite) for place in standing for suite in outdated)
    return rooms + len(files.aged(outdated))


def outdated_epochs() -> int:
    """How many epoch keys of an outdated suite still exist."""
    return EpochKey.objects.filter(suite__in=outdated_suites(), wrapped__isnull=False).count()


def outdated_indexes() -> int:
    """How many versions of the search index were computed with an outdated suite, their tokens still there."""
    return SearchIndexVersion.objects.filter(suite__in=outdated_suites(), wrapped__isnull=False).count()


def of_rooms(place: places.Count, suite: int) -> int:
    """How many secrets and parcel owners of this suite a place holds; the vault's own places hold neither."""
    return 0 if place.key in places.OF_VAULT else place.suites.get(suite, 0)
