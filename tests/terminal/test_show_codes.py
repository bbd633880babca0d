"""`shouxin demo code` stands beside `shouxin demo` and, unlike it, wants a database that is there."""

from shouxin.cli import build_parser


def test_a_code_is_a_part_of_the_demonstration() -> None:
    demo, code = (build_parser().parse_args(words) for words in (["demo"], ["demo", "code", "caomin"]))
    assert (demo.needs_database, demo.demonstration) == (False, True)
    assert (code.needs_database, code.account) == (True, "caomin")
    assert code.run is not demo.run
