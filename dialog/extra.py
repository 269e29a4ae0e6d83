"""The fields of a stored message that clients never see, as keys of `Message.extra`."""

from dialog.message import Draft, Message

COPY_OF = "copy_of"  # of a copy: the id of the original
ANSWERED = "answered"  # of a copy: not empty if the original has a reply
CHECKPOINT = "checkpoint"  # of a remark: the cursor before which every message has its reply


def copied_from(message: Message | Draft) -> str:
    """Return the id of the original, or "" if the message is not a copy."""
    return message.extra.get(COPY_OF, "")


def is_answered_elsewhere(message: Message) -> bool:
    """Return whether the message is a copy whose original has a reply."""
    return bool(message.extra.get(ANSWERED))
