"""The news of a notice in plain words: what came, what changed, what ended, and where the whole text is read."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from shouxin.customers.messages.models import Channel
from shouxin.rulebook.purposes import changes
from shouxin.rulebook.purposes.changes import Change
from shouxin.rulebook.purposes.models import NoticeVersion

TITLE = 60  # of a subject


def before(version: NoticeVersion) -> NoticeVersion | None:
    """The approved version before this one in the same language."""
    found = NoticeVersion.objects.filter(
        notice=version.notice_id,
        language=version.language,
        number__lt=version.number,
        approved_at__isnull=False,
    )
    return found.order_by("-number").first()


def headline(change: Change) -> str:
    """One change in a sentence."""
    said = {
        "added": _("新增用途：%(name)s"),
        "changed": _("有变化的用途：%(name)s"),
        "ended": _("不再用于：%(name)s"),
    }
    return said[change.what] % {"name": change.name}


def letter(version: NoticeVersion, *, channel: Channel, address: str) -> tuple[str, str]:
    """Subject and text of a message about `version`; a short message says what came in a line."""
    parts, subject = [], ""
    for spoken in ("zh-hans", "en"):
        mine = changes.spoken(version, spoken)
        if spoken == "en" and mine.language != NoticeVersion.Language.EN:
            continue
        with override(spoken):
            named = changes.between(before(mine), mine)
            title = mine.notice.title
            subject = subject or _("%(title)s有新版本") % {"title": title[:TITLE]}
            parts.append(
                _short(named, title, address) if channel == Channel.SMS else _long(mine, named, address)
            )
        if channel == Channel.SMS:
            break
    return subject, "\n\n".join(parts)


def _short(named: Sequence[Change], title: str, address: str) -> str:
    first = headline(named[0]) if named else ""
    return _("%(title)s有新版本。%(first)s等。全文和变化：%(address)s") % {
        "title": title,
        "first": first,
        "address": address,
    }


def _long(version: NoticeVersion, named: Sequence[Change], address: str) -> str:
    lines = [
        _("%(title)s有了新版本（第 %(number)s 版，%(day)s 起生效）。这是法律要求的告知，不是推广。")
        % {"title": version.notice.title, "number": version.number, "day": version.effective_on.isoformat()}
    ]
    for change in named:
        lines.append(f"\n{headline(change)}")
        lines += [f"  {line.text}" for line in change.after[:1]]
    lines.append(
        "\n"
        + _("全文和逐项对照：%(address)s。您可以限制、拒绝、撤回同意，也可以随时联系我们。")
        % {"address": address}
    )
    return "\n".join(lines)
