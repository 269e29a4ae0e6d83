"""The peer in Tornado: what its own chat demo does, with the three ways that ours has.

python bench/peers/tornado_chat.py PORT
"""

import asyncio
import sys

import tornado.ioloop
import tornado.iostream
import tornado.web
import tornado.websocket

messages: list[str] = []
changed = asyncio.Condition()
sockets: set["Socket"] = set()


def page(after: int) -> dict[str, object]:
    """The messages after this cursor."""
    return {"messages": messages[after:], "next": str(len(messages)), "more": False}


class Post(tornado.web.RequestHandler):
    """Takes in a message."""

    async def post(self) -> None:
        """Tell all that wait."""
        messages.append(self.request.body.decode())
        async with changed:
            changed.notify_all()
        for socket in list(sockets):
            socket.write_message(page(len(messages) - 1))


class Wait(tornado.web.RequestHandler):
    """Long polling."""

    async def get(self) -> None:
        """Answer as soon as there is a message."""
        after = int(self.get_argument("after", str(len(messages))))
        async with changed:
            await changed.wait_for(lambda: len(messages) > after)
        self.write(page(after))


class Events(tornado.web.RequestHandler):
    """Server-sent events."""

    async def get(self) -> None:
        """Answer with each message, for good."""
        self.set_header("Content-Type", "text/event-stream")
        await self.flush()
        after = len(messages)
        while True:
            async with changed:
                while len(messages) == after:
                    await changed.wait()
            encoded = tornado.escape.json_encode(page(after))
            after = len(messages)
            self.write(f"id: {after}\ndata: {encoded}\n\n")
            try:
                await self.flush()
            except tornado.iostream.StreamClosedError:
                return


class Socket(tornado.websocket.WebSocketHandler):
    """WebSocket."""

    def open(self) -> None:
        """Listen from now on."""
        sockets.add(self)

    def on_close(self) -> None:
        """Listen no more."""
        sockets.discard(self)


async def main() -> None:
    """Serve until killed."""
    views = {"messages": Post, "messages/wait": Wait, "messages/events": Events}
    routes = [(f"/{path}", view) for path, view in (views | {"messages/socket": Socket}).items()]
    application = tornado.web.Application(routes)
    application.listen(int(sys.argv[1]), "127.0.0.1", backlog=2048)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
