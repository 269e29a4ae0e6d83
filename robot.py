"""The robot process: replies to people and makes a remark every second.

A message that the robot understands, or that is meant for it, gets one reply, even if the robot
starts late or is killed. Authors take turns, and each gets replies in order. The dialog itself
records which messages have a reply: in the `reply_to` of the replies and the checkpoints of the
remarks. Only one robot is active in a dialog. Others wait until it ends.

Two threads keep replies and remarks from delaying each other.
"""

import os
import sys
import threading

import settings
import startup

try:
    from bot.knowledge import Knowledge
    from bot.remark_loop import make_remarks
    from bot.reply_loop import ReplyLoop
    from bot.terminal import print_unanswered, print_weak, talk
    from dialog import Dialog, open_or_exit
    from logs import start_logging
except ModuleNotFoundError as error:
    sys.exit(startup.missing_package(error))
except KeyboardInterrupt:
    sys.exit(0)

DESCRIPTION = "Replies to the people in a dialog, and makes a remark every second."


@startup.exiting_on_signals()
def main() -> None:
    """Run until SIGINT or SIGTERM."""
    startup.print_any_text()
    start_logging()
    options = settings.read(settings.ROBOT, DESCRIPTION, sys.argv[1:], os.environ)
    try:
        knowledge = Knowledge(options.rules, options.weather_place)
    except (OSError, ValueError) as error:
        sys.exit(
            f"The robot cannot use its topics. {error}. "
            "Correct the file, or choose another folder with --rules."
        )
    if options.weak:
        print_weak(options.rules)
        return
    knowledge.follow_topics()
    if options.talk:
        talk(knowledge, why=options.why)
        return
    dialog = open_or_exit(options.dialog)
    location, seconds = dialog.location, f"{options.every:g} s"
    if options.unanswered:
        print_unanswered(dialog, knowledge.topics)
        return
    print(
        f"Robot follows {location}, with a remark every {seconds}. Press Ctrl-C to stop.",
        flush=True,
    )
    for warning in dialog.health().warnings:
        print(warning, flush=True)
    if not dialog.claim("robot", 0):
        print("Another robot is active in this dialog. This robot waits until it ends.", flush=True)
        dialog.claim("robot")
    run(dialog, knowledge, options.every)


def run(dialog: Dialog, knowledge: Knowledge, interval: float) -> None:
    """Reply in one thread and make remarks in this one. Raises SystemExit if replying fails."""
    loop = ReplyLoop(dialog, knowledge.answer)
    replying = threading.Thread(target=loop.run, daemon=True)
    replying.start()
    for _ in make_remarks(
        dialog, interval, knowledge.remark, lambda: loop.checkpoint, loop.is_quiet
    ):
        if not replying.is_alive():
            sys.exit("The robot can no longer reply, because of the error above. Please report it.")


if __name__ == "__main__":
    main()
