"""Power cuts: what a writer did to its disk, and how the chat starts on what is left of it.

`workload` writes a dialog under strace, and `recording` reads what it did. `disk` rebuilds the disk
of an instant, `check` opens the dialog on it, and `start` starts a server and a robot.
"""
