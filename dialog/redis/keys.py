"""The keys of a dialog on Redis.

The dialog is the stream `{dialog}:messages`. People can write to it by hand, too:
XADD {dialog}:messages * text hello. All other keys follow from it.
"""

PREFIX = "{dialog}:"  # the braces keep all keys on one node of a cluster
MESSAGES = f"{PREFIX}messages"
START = f"{PREFIX}start"  # the id of the last message that was trimmed


def once_key(what: str) -> str:
    """Return the key with the id of the message that has this nonce, reply or original."""
    return f"{PREFIX}once:{what}"


def role_key(role: str) -> str:
    """Return the key with the process that has a role."""
    return f"{PREFIX}role:{role}"
