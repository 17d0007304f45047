"""Runs a chapter's cells in its kernel and hands over what each of them shows.

A kernel announces every widget by messages of its own, hundreds in a chapter, to which nobody
listens while the page is on its way: its front end asks for all widgets once, when it comes alive.
So those messages are filtered at the socket, and every cell is sent ahead: none waits for the
server to hear of the one before. `ipywidgets.Output` is not followed here; no chapter uses it.
"""

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient

# What a page shows, and last what ends a cell: whoever hears `kernel.` has subscribed to all.
TOPICS = (b"display_data", b"stream.", b"kernel.")
_START_SECONDS = 60
_ASK_AGAIN_MS = 200
_LOOK_SECONDS = 1


class CellFailed(Exception):
    """A cell raised an error; the message is the error's kind alone, never its values."""


class KernelEnded(Exception):
    """The kernel did not start, or ended before its last cell."""


async def run_cells(kernel: Any, sources: Sequence[str]) -> AsyncIterator[list[dict]]:
    """What each cell shows, in turn, as the notebook format writes outputs (standard error left
    out). Raises `CellFailed` and `KernelEnded`.

    `kernel` is a started kernel manager.
    """
    client = kernel.client()
    client.start_channels(stdin=False, hb=False, control=False)
    try:
        hear_only(client.iopub_channel.socket, TOPICS)
        await _answering(client, kernel)
        asked = [client.execute(source, store_history=False) for source in sources]
        for mark in asked:
            yield await _shown_by(mark, client, kernel)
    finally:
        client.stop_channels()


def hear_only(socket: zmq.Socket, topics: Sequence[bytes]) -> None:
    """Leave a kernel's other broadcasts unsent: a publisher filters for its subscribers."""
    socket.setsockopt(zmq.UNSUBSCRIBE, b"")
    for topic in topics:
        socket.setsockopt(zmq.SUBSCRIBE, topic)


async def _answering(client: AsyncKernelClient, kernel: Any) -> None:
    """Wait until the kernel's broadcasts arrive: what it says before that is lost."""
    socket = client.iopub_channel.socket
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if await socket.poll(_ASK_AGAIN_MS):
            topic, *_ = await socket.recv_multipart()
            if topic.startswith(TOPICS[-1]):
                return
        elif await kernel.is_alive():
            client.kernel_info()
        else:
            break
    raise KernelEnded


async def _shown_by(mark: str, client: AsyncKernelClient, kernel: Any) -> list[dict]:
    outputs: list[dict] = []
    while True:
        message = await _next(client, kernel)
        if message["parent_header"].get("msg_id") != mark:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            raise CellFailed(content["ename"])
        if kind == "status" and content["execution_state"] == "idle":
            return outputs
        if kind == "clear_output":
            outputs.clear()
        elif kind in ("execute_result", "display_data"):
            outputs.append(_result(kind, content))
        elif kind == "stream" and content["name"] == "stdout":
            outputs.append({"output_type": "stream", **content})


async def _next(client: AsyncKernelClient, kernel: Any) -> dict:
    while not await client.iopub_channel.socket.poll(_LOOK_SECONDS * 1000):
        if not await kernel.is_alive():
            raise KernelEnded
    return await client.iopub_channel.get_msg()


def _result(kind: str, content: dict) -> dict:
    kept = ("data", "metadata", "execution_count")
    return {"output_type": kind, **{name: content[name] for name in kept if name in content}}
