"""Where SCIM is spoken here."""

BASE = "/scim/v2"
