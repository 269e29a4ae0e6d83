"""Power cuts: what a writer did to its disk, and how the chat starts on what is left of it.

`stores` writes a dialog under strace, and so do server and robot in `programs`. `recording` reads
what they did. `disk` rebuilds the disk of an instant, `check` opens the dialog on it, and `start`
starts a server and a robot.
"""
