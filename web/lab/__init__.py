"""The delivery lab: a page that compares the delivery methods, and a network that can fail.

Only `server.py --lab` starts sessions. A session is what one viewer has: a small dialog, a source
of messages and a simulated network between the page and the server.
"""
