"""Who does the work: processes of this machine, or workers of a cluster.

Either way each process refits one panel at a time, in one thread, because PyTensor does not build
graphs in several at once.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from takeoff.models.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["on_cluster", "on_this_machine", "require_cluster"]

_PATIENCE = 5  # seconds


def on_this_machine[Task, Result](
    function: Callable[[Task], Result], tasks: Sequence[Task], workers: int | None = None
) -> Iterator[Result]:
    """Apply a function to tasks in processes, and give results as they come, in any order.

    ``workers`` are as many as there are processors when None.
    """
    from joblib import Parallel, delayed

    count = min(workers or os.process_cpu_count() or 1, max(1, len(tasks)))
    if count == 1:
        yield from map(function, tasks)
        return
    pool: Any = Parallel(
        n_jobs=count,
        return_as="generator_unordered",
        batch_size=1,  # pyright: ignore[reportArgumentType]: a number or "auto"
    )
    yield from pool(delayed(function)(task) for task in tasks)


def on_cluster[Task, Result](
    function: Callable[[Task], Result], tasks: Sequence[Task], address: str
) -> Iterator[Result]:
    """Apply a function to tasks on the workers of a dask cluster, as `on_this_machine` does.

    Raises
    ------
    InputError
        If there is no dask here, or no cluster answers at the address.
    """
    from distributed import as_completed

    with _client(address) as client:
        futures = client.map(function, tasks, pure=False)
        with client.as_current():
            finished = as_completed(futures, with_results=True)
        for _, result in finished:
            yield result


def require_cluster(address: str) -> None:
    """Prove that a cluster answers, before anything slow.

    Raises
    ------
    InputError
        As `on_cluster`.
    """
    _client(address).close()


def _client(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise InputError("a cluster needs dask; install takeoff[cluster]") from None
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"no cluster answers at {address} ({reason})") from None
    if not client.scheduler_info()["workers"]:
        client.close()
        raise InputError(f"the cluster at {address} has no workers; start one with dask worker")
    return client
