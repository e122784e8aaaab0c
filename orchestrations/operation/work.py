"""The kinds of work an operation can be, a line each.

A kind stays while operations of it may be under way: its name is in their rows.
"""

from orchestrations import key_rotation
from shared.clients import exports as clients
from shared.compliance import exports as compliance
from shared.compliance import long_verification
from shared.operations.models import Work

WORK: dict[str, Work] = {
    clients.KIND: clients.export_clients,
    compliance.KIND: compliance.export_audit,
    long_verification.KIND: long_verification.verify_step,
    key_rotation.KIND: key_rotation.rotate_step,
}
