"""Room for the bodies of all requests under way: many large ones at once are refused and not piled up in memory."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.problem_details import RequestError

MOST_AT_ONCE = 256 * 1024 * 1024  # bytes of all requests of a worker process together: ten of the largest
PLACE = "clearlane.room"  # of the request's share, in its scope


class Share:
    """What one request takes of the room."""

    def __init__(self, room: BodyRoomMiddleware) -> None:
        self._room = room
        self._taken = 0

    def check(self, size: int) -> None:
        """Raises RequestError (429) where there is no room for so much; what is only to come takes none."""
        if self._room.taken + size > self._room.most:
            raise RequestError(
                429, "too-many-requests", "too much is being sent at once; try again in a moment"
            )

    def take(self, size: int) -> None:
        """Take what has come; raises as ``check`` does."""
        self.check(size)
        self._room.taken += size
        self._taken += size

    def leave(self) -> None:
        """Give back all of it."""
        self._room.taken -= self._taken
        self._taken = 0


class BodyRoomMiddleware:
    """Gives each request its share, and takes it back once the request is answered."""

    def __init__(self, app: ASGIApp, *, most: int = MOST_AT_ONCE) -> None:
        self.app = app
        self.most = most
        self.taken = 0  # bytes; only the event loop changes it

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        share = Share(self)
        scope[PLACE] = share
        try:
            await self.app(scope, receive, send)
        finally:
            share.leave()
