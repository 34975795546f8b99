"""Telegram's limits: so many seconds between messages to one chat, and between any two."""

import asyncio

from channels.telegram.adapter import Pace


async def test_messages_to_one_chat_are_apart_and_others_do_not_wait_for_it() -> None:
    loop = asyncio.get_running_loop()
    pace = Pace(per_chat_s=0.1, overall_s=0.01)
    begun = loop.time()
    moments: dict[str, list[float]] = {"a": [], "b": []}

    async def one(chat: str) -> None:
        await pace.wait(chat)
        moments[chat].append(loop.time() - begun)

    await asyncio.gather(*(one(chat) for chat in "aaab"))
    assert moments["a"][2] >= 0.19
    assert moments["b"][0] < 0.1


async def test_all_chats_together_stay_within_the_overall_limit() -> None:
    loop = asyncio.get_running_loop()
    pace = Pace(per_chat_s=0.0, overall_s=0.02)
    begun = loop.time()
    await asyncio.gather(*(pace.wait(str(n)) for n in range(11)))
    assert loop.time() - begun >= 0.19
