"""What somebody who watches over a firm's security wants to hear of."""

from enum import StrEnum


class AlertKind(StrEnum):
    SIGN_IN_FAILED = "sign_in_failed"
    SESSION_REVOKED = "session_revoked"
    KEY_REVOKED = "key_revoked"
    NEW_DEVICE = "new_device"
    MFA_MISSING = "mfa_missing"
    ADDRESS_REFUSED = "address_refused"
    MASS_EXPORT = "mass_export"
    MASS_REVEAL = "mass_reveal"
    TIN_REVEAL_REFUSED = "tin_reveal_refused"
    API_KEY_MISUSED = "api_key_misused"
    MEMBER_JOINED = "member_joined"
    MEMBER_OFFBOARDED = "member_offboarded"
    ROLE_CHANGED = "role_changed"
    AUDIT_READ = "audit_read"
    KEYS_ROTATED = "keys_rotated"
    ORGANIZATION_ERASED = "organization_erased"


MEANINGS: dict[AlertKind, str] = {
    AlertKind.SIGN_IN_FAILED: "Somebody known to the firm tried to sign in and was refused.",
    AlertKind.SESSION_REVOKED: "A session was ended before its time.",
    AlertKind.KEY_REVOKED: "An API key was taken back.",
    AlertKind.NEW_DEVICE: "A member signed in from a device not seen before.",
    AlertKind.MFA_MISSING: "A sign-in without the second factor that the firm or the role demands.",
    AlertKind.ADDRESS_REFUSED: "A request came from an address the firm does not allow.",
    AlertKind.MASS_EXPORT: "A member took an unusual number of records out in a file.",
    AlertKind.MASS_REVEAL: "A member had an unusual number of TINs shown within an hour.",
    AlertKind.TIN_REVEAL_REFUSED: "Somebody who may not see TINs asked for one.",
    AlertKind.API_KEY_MISUSED: "An API key was used after its end or beyond its scopes.",
    AlertKind.MEMBER_JOINED: "Somebody accepted an invitation.",
    AlertKind.MEMBER_OFFBOARDED: "A member left the firm and lost every access.",
    AlertKind.ROLE_CHANGED: "A member was given another role.",
    AlertKind.AUDIT_READ: "A member read the audit trail.",
    AlertKind.KEYS_ROTATED: "The keys that TINs are sealed with were renewed.",
    AlertKind.ORGANIZATION_ERASED: "The firm was erased.",
}
