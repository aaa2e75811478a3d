"""Few large bodies are in memory at once."""

from digest.fetch.memory_semaphore import MemorySemaphore


def test_only_a_few_are_held_at_once() -> None:
    """A session waits for a slot, keeps it for all its large bodies, and releases it once."""
    semaphore = MemorySemaphore(8)
    slots = [semaphore.slot() for _ in range(9)]
    assert [slot.acquire(0) for slot in slots] == [True] * 8 + [False]
    assert slots[0].acquire(0), "a slot once acquired holds"
    slots[0].release()
    slots[0].release()
    assert slots[8].acquire(0)
    assert not slots[0].acquire(0)
