"""What lies here about customers: the sealed values, which the register tells of, and what keys and search need."""

from shouxin.kit.holdings import is_technical
from shouxin.vault import models

for _model, _why in (
    (models.EpochKey, "a key; its values are told by the register"),
    (models.Group, "state of a group of values, told beside each of them"),
    (models.DataKey, "a key; its values are told by the register"),
    (models.FileKey, "a key; its file is told by the attachments"),
    (models.SealedRecord, "the values themselves, opened and told by the register"),
    (models.SealedHistory, "earlier values, opened and told by the register"),
    (models.SearchToken, "digests by which the values are found; the values are told by the register"),
    (models.BusinessKey, "digests by which the values are recognised; the values are told by the register"),
):
    is_technical(_model, _why)
