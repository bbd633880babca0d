"""By which contact limits customers may be looked for; signed up by import."""

from shouxin.core.text import Text
from shouxin.customers.preferences import rules
from shouxin.customers.registry.wishes import Wish, wishes

for _language, _called in rules.LANGUAGES.items():
    wishes.register(
        f"language:{_language}",
        Wish(
            rules.LANGUAGE,
            (_language,),
            Text(f"沟通语言：{_called.zh}", f"Language of contact: {_called.en}"),
        ),
    )
for _code, _name in rules.CHANNELS.items():
    wishes.register(
        f"refused:{_code}",
        Wish(
            rules.REFUSED,
            rules.words_for(_code),
            Text(f"谢绝{_name.zh}联系", f"Refuses contact by {_name.en}"),
        ),
    )
