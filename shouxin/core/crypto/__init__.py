"""Cryptography of the product: suites, sealed blobs, key wrapping, key providers, search tokens.

Byte layouts and test vectors stand in `docs/formats/{sealed-blob,search-index,keys}.md`.
"""
