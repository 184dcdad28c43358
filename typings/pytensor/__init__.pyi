# PyTensor says that it is typed, yet most of its functions are not: of what a decorator makes,
# pyright infers None. What stands in this folder is Any, as in mypy's settings.
from typing import Any

def __getattr__(name: str) -> Any: ...
