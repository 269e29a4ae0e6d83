"""Long polling: the client asks, and the server answers as soon as there is a message.

    GET /messages/wait?after=CURSOR&timeout=25
    200 {"messages": [...], "next": "CURSOR", "more": false}

Without a message the answer comes after `timeout` seconds and is empty. The client then asks
again with `next`. A request without `after` waits for messages from now on.
"""

from web.delivery import polling
from web.delivery.base import Method, Request
from web.delivery.hub import Hub
from web.parameters import timeout_from


async def serve(request: Request, hub: Hub) -> None:
    """Answer with the first messages after the cursor, or with none after the timeout."""
    polling.answer(request, hub, timeout_from(request.args))


METHOD = Method(
    name="long-polling",
    title="Long polling",
    sentence="The page sends a request, and the server answers when there is a new message. "
    "Messages arrive at once, but each answer costs a new request.",
    route="/messages/wait",
    needs_task=False,
    serve=serve,
)
