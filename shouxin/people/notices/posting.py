"""Handing one text over to a mailbox or a chat robot; what went wrong comes back as a code."""

import asyncio
import json

import httpx

from shouxin.kit import mail, outward, sealing
from shouxin.people.notices import secrets
from shouxin.people.notices.models import Address, Channel, RobotHost

OK = range(200, 300)


class NotDelivered(Exception):
    """It did not arrive; `code` is one of `rules.OUTCOMES` and never names the address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def hand_over(address: Address, *, subject: str, body: str, key: str, patience: float = mail.SECONDS) -> None:
    """Send once. `key` is the same for every try, so that whoever gets it twice knows it.

    `patience` is how many seconds a mail server may take for an answer.

    Raises:
        NotDelivered: why not.
    """
    try:
        plain = secrets.unseal(address)
    except (sealing.Unavailable, sealing.NotSealedHere):
        raise NotDelivered("no-keys") from None
    if address.channel == Channel.MAIL:
        try:
            mail.send(to=plain, subject=subject, body=body, key=key, patience=patience)
        except mail.NotSent as problem:
            raise NotDelivered("unclear" if problem.unclear else problem.code) from None
        return
    if address.host is None or address.host.ended_at is not None:
        raise NotDelivered("forbidden")
    _post(plain, address.host, f"{subject}\n{body}", key)


def _post(url: str, host: RobotHost, text: str, key: str) -> None:
    content = json.dumps(_content(host.style, text, key), ensure_ascii=False)
    headers = {"content-type": "application/json; charset=utf-8", "user-agent": "Shouxin-Notices/1"}
    try:
        status = asyncio.run(outward.post(url, content, headers, host.networks))
    except (TimeoutError, httpx.TimeoutException):
        raise NotDelivered("timeout") from None
    except outward.Forbidden:
        raise NotDelivered("forbidden") from None
    except outward.NoName:
        raise NotDelivered("name") from None
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise NotDelivered("tls" if outward.is_tls(error) else "unreachable") from None
    if status not in OK:
        raise NotDelivered("status")


def _content(style: str, text: str, key: str) -> dict[str, object]:
    """A plain text in the form that each kind of robot takes."""
    if style == RobotHost.Style.FEISHU:
        return {"msg_type": "text", "content": {"text": text}}
    if style == RobotHost.Style.WECOM:
        return {"msgtype": "text", "text": {"content": text}}
    return {"id": key, "type": "notice", "text": text}
