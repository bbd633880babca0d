"""What an administrator pastes as the certificate of the organisation's own authority: taken where it can be read,
refused with a sentence where it cannot."""

import pytest
from django.core.exceptions import ValidationError

from shouxin.people.federation.forms import check_authority
from tests.harness.certificates import Authority


def test_certificates_are_taken_out_of_what_stands_around_them(authority: Authority) -> None:
    """Files of authorities name the holder before each certificate, in any language."""
    pem = authority.pem.strip()
    assert (
        check_authority(f"# 单位根证书\r\nsubject=守信\n{authority.pem}\n# 备用\n{authority.pem}")
        == f"{pem}\n{pem}"
    )
    assert check_authority(" \n") == ""


@pytest.mark.parametrize("text", ["\u202e", "x", "根证书", "—–BEGIN CERTIFICATE—–"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="PEM"):
        check_authority(text)


@pytest.mark.parametrize("inside", ["QQ==", "证书", "", "\x00"])
def test_a_damaged_certificate_is_refused(authority: Authority, inside: str) -> None:
    broken = f"-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----"
    for pasted in (broken, f"{authority.pem}\n{broken}"):
        with pytest.raises(ValidationError, match="PEM"):
            check_authority(pasted)
