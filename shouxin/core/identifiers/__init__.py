"""Identifiers of people and organisations: checked, brought into normal form, masked, recognised in text.

`check` says which rule a value breaks, `normalise` gives the form that indexes are built from, `mask` shows what a
masking rule lets be seen, `recognise` finds identifiers in free text and `reading` spells one of them as usual;
`columns.propose` guesses which field a column of a table holds.
"""

from shouxin.core.identifiers.checking import VALIDATORS, UnknownValidatorError, check, checker, is_validator
from shouxin.core.identifiers.masking import HIDDEN, MASKS, PROFILES, mask, masked_in, masker
from shouxin.core.identifiers.normalising import normalise, normaliser
from shouxin.core.identifiers.problem import Problem, Severity
from shouxin.core.identifiers.recognising import Found, reading, recognise

__all__ = [
    "HIDDEN",
    "MASKS",
    "PROFILES",
    "VALIDATORS",
    "Found",
    "Problem",
    "Severity",
    "UnknownValidatorError",
    "check",
    "checker",
    "is_validator",
    "mask",
    "masked_in",
    "masker",
    "normalise",
    "normaliser",
    "reading",
    "recognise",
]
