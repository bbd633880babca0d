"""ldap3, imported once: it asks its ASN.1 library for names that library calls old."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core.exceptions import LDAPException, LDAPInvalidCredentialsResult
    from ldap3.operation.search import parse_filter
    from ldap3.utils.conv import escape_bytes, escape_filter_chars
    from ldap3.utils.dn import parse_dn

__all__ = [
    "LDAPException",
    "LDAPInvalidCredentialsResult",
    "escape_bytes",
    "escape_filter_chars",
    "ldap3",
    "parse_dn",
    "parse_filter",
]
