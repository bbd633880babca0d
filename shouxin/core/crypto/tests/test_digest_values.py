from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.crypto.digests import ValueDigest
from shouxin.core.crypto.suites import SUITES, Suite

places = st.tuples(st.uuids(), st.text(max_size=8), st.text(max_size=8))


@given(st.sampled_from(list(SUITES.values())), places, places)
def test_a_digest_tells_record_field_and_value_apart(
    suite: Suite, one: tuple[UUID, str, str], two: tuple[UUID, str, str]
) -> None:
    digest = ValueDigest(suite, suite.new_key())
    first, second = (digest.of(record=r, field=f, text=t) for r, f, t in (one, two))
    assert len(first) == 32
    assert (first == second) == (one == two)


@given(st.sampled_from(list(SUITES.values())), places)
def test_another_data_key_gives_another_digest(suite: Suite, place: tuple[UUID, str, str]) -> None:
    record, field, text = place
    one, two = (ValueDigest(suite, suite.new_key()).of(record=record, field=field, text=text) for _ in "ab")
    assert one != two
