"""The robot: its loops, and what it says.

    from bot import topic
    topic("how old are you?")    # "bot_age"

Replies come from topics, remarks from a schedule. Both use facts, such as the time or the weather.
"""


def topic(text: str) -> str | None:
    """Return the topic of a message, or None if no topic is clear."""
    # Imported here, because the topics take a moment to load and not every importer needs them.
    from bot.recognition.loading import shipped_topics  # noqa: PLC0415
    from bot.recognition.recognize import main_topic  # noqa: PLC0415

    return main_topic(shipped_topics(), text)
