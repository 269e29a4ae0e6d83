"""What the robot says of its own: one line for each moment, no line again before all were said.

A line follows from the time alone. So a robot that starts anew goes on where the clock is, and
needs to remember nothing.
"""

from random import Random

LINES = """
One more second, well spent.
I count them so that you do not have to.
Somewhere a kettle starts to sing.
The file grows by a line. It does not mind.
If you say hello, I will say hello back. That is a promise.
I read every line twice: once for the words, once for the pleasure.
A comma walks into a bar, pauses, and leaves.
The pictures are worth a second look.
Nobody has asked me for a joke in a while.
Listen: nothing. That is what a good server sounds like.
I keep no secrets. Everything I know stands in one file.
The moon in the gallery never sets. I find that restful.
Semicolons are shy; they only half end things.
I tried to be quiet once. It lasted a second.
There are ten kinds of people, and I like all of them.
The sunflower turns by 137.5 degrees for each seed. So would I.
A watched file never sleeps.
Ask me for the time. I am good at it.
My favourite key is Enter.
The dunes have not moved since you came. I checked.
Two robots may not speak at once. We take turns for a lifetime.
Today's forecast: text, with some scattered pictures.
I wonder what the cursor thinks of all this.
A newline is a small act of closure.
The island has three clouds. I named them Tick, Tock and Bob.
If I say something clever, please tell me. I will not notice.
The tail of a log is the nicest part of it.
Patience is polling, slowly.
I once waited for an event for a whole night. It came.
Every byte here knows its place.
""".strip().splitlines()


def line(now: float) -> str:
    """Return the line for the second `now`, in seconds since 1970: a deck, shuffled each round."""
    deal, card = divmod(int(now), len(LINES))
    return Random(deal).sample(LINES, len(LINES))[card]
