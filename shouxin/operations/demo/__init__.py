"""The demonstration: an invented organisation, loaded on request. Nothing is imported here: every process passes by."""
