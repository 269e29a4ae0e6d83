"""HTTP whose requests to a session of the lab go through the network that its viewer chose."""

import asyncio
import copy
import re
from functools import partial
from typing import Any

from web.lab.relay import Relay
from web.lab.sessions import Lab, Session
from web.request_size import LONGEST_HEAD
from web.uvicorn_protocols import HttpProtocol

PREFIX = b"GET /lab/"
REQUEST = re.compile(rb"GET /lab/([\w-]{1,40})(/messages[/? ])")
HEAD_END = b"\r\n\r\n"


class LabHttpProtocol(HttpProtocol):
    """Looks at the start of each request, and hands the connection to a relay if it is for one.

    A browser uses a connection for any request to the same host. So the connection comes back with
    the first request that is for no relay, or for that of another session.
    """

    _relay: Relay | None = None
    _session: Session | None = None
    _start = b""  # of a head whose end has not arrived

    def data_received(self, data: bytes) -> None:
        """Relay data, or parse it as HTTP."""
        if self._relay and self._relay.is_tunnel:
            self._relay.send(data)
        elif self._is_serving() or self._in_head:
            super().data_received(data)
        else:
            data = self._start + data
            self._start = data if is_incomplete(data) else b""
            if self._start:
                self._unset_keepalive_if_required()
                self._await_head()
            elif not self._is_relayed(data):
                super().data_received(data)

    def _is_relayed(self, data: bytes) -> bool:
        """Relay the head of a request, if a session has it. Returns whether it does."""
        lab: Lab = self.app.lab
        match = REQUEST.match(data) if HEAD_END in data else None
        session = lab.find(match[1].decode()) if match else None
        if self._relay and session is not self._session:
            self._relay.close()
            self._relay = None
        self._session = session
        if not (match and session):
            return False
        self._unset_keepalive_if_required()
        self._head_timer.stop()
        if not self._relay:
            self._relay = Relay(session, self.transport, partial(self._accept, session))
        session.touch()
        self._relay.request(b"GET " + data[match.start(2) :])
        return True

    def _accept(self, session: Session) -> asyncio.Protocol:
        """Return the server's end of a relayed connection: the same HTTP, on another dialog."""
        config: Any = copy.copy(self.config)
        config.loaded_app = session.front_door
        return HttpProtocol(config, self.server_state, self.app_state)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the relayed connection, too."""
        if self._relay:
            self._relay.close()
        super().connection_lost(exc)


def is_incomplete(data: bytes) -> bool:
    """Return whether data may be the start of a request to a session, without the head's end."""
    is_start = data.startswith(PREFIX) or PREFIX.startswith(data)
    return is_start and HEAD_END not in data and len(data) <= LONGEST_HEAD
