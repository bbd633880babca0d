"""The tables of every room of this app, for Django to find."""

from shouxin.customers.attachments.models import Attachment, StoredFile
from shouxin.customers.bulk.models import BulkItem, BulkOperation
from shouxin.customers.cleanup.models import CleanupItem, CleanupRun
from shouxin.customers.collection.models import CollectionPlan, FormDraft, Submission, Undeclared
from shouxin.customers.collection_forms.models import CollectionForm, FormField, FormVersion
from shouxin.customers.consents.models import Consent, Decision, Refusal, Shown
from shouxin.customers.dialling.models import Dial
from shouxin.customers.duplicates.models import DuplicateRun, Merge, SuspectedPair
from shouxin.customers.handover.models import Handover
from shouxin.customers.informing.models import Mailing, Receipt
from shouxin.customers.intake.models import ImportBatch, RefusedRows, RememberedMapping
from shouxin.customers.leads.models import Lead
from shouxin.customers.messages.models import Message, Recipient, Suppression, SuppressionKey
from shouxin.customers.promises.models import Promise
from shouxin.customers.public_forms.models import PublicForm, PublicSubmission
from shouxin.customers.quality.models import (
    Figure,
    MailCode,
    OutsideValue,
    Pace,
    Standing,
    Supplied,
    Verified,
)
from shouxin.customers.registry.models import (
    ClearVersion,
    Customer,
    Provenance,
    Record,
    Selection,
    SupplyContract,
)
from shouxin.customers.relationships.models import Relationship
from shouxin.customers.segments.models import Run, Segment

__all__ = [
    "Attachment",
    "BulkItem",
    "BulkOperation",
    "CleanupItem",
    "CleanupRun",
    "ClearVersion",
    "CollectionForm",
    "CollectionPlan",
    "Consent",
    "Customer",
    "Decision",
    "Dial",
    "DuplicateRun",
    "Figure",
    "FormDraft",
    "FormField",
    "FormVersion",
    "Handover",
    "ImportBatch",
    "Lead",
    "MailCode",
    "Mailing",
    "Merge",
    "Message",
    "OutsideValue",
    "Pace",
    "Promise",
    "Provenance",
    "PublicForm",
    "PublicSubmission",
    "Receipt",
    "Recipient",
    "Record",
    "Refusal",
    "RefusedRows",
    "Relationship",
    "RememberedMapping",
    "Run",
    "Segment",
    "Selection",
    "Shown",
    "Standing",
    "StoredFile",
    "Submission",
    "Supplied",
    "SupplyContract",
    "Suppression",
    "SuppressionKey",
    "SuspectedPair",
    "Undeclared",
    "Verified",
]
