"""Whoever reads the journal of a message reads words, not codes."""

import pytest

from shouxin.journal.events import sentence


@pytest.mark.parametrize(
    ("channel", "zh", "en"),
    [("email", "邮件", "e-mail"), ("sms", "短信", "text message"), ("call", "电话清单", "call list")],
)
def test_the_way_is_named_in_the_readers_language(channel: str, zh: str, en: str) -> None:
    for language, name in (("zh-hans", zh), ("en", en)):
        said = sentence("message.unclear", {"channel": channel}, language)
        assert name in said


@pytest.mark.django_db
def test_a_message_that_needed_no_consent_says_so() -> None:
    said = sentence("message.sent", {"channel": "email", "consent": "none"}, "zh-hans")
    assert said.endswith("当时有效的同意：不需要")
