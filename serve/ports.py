"""Choose the ports: a default one may move, an explicit one may not."""

import socket
from collections.abc import Callable, Collection, Mapping

from serve.errors import CannotServe

_HOST = "127.0.0.1"
_HIGHEST = 65535


def is_free(port: int) -> bool:
    """Tell whether a server could listen on the port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((_HOST, port))
            trial.listen(1)
        except OSError:
            return False
        return True


def choose(
    variable: str,
    default: int,
    given: Mapping[str, str],
    taken: Collection[int] = (),
    free: Callable[[int], bool] = is_free,
) -> int:
    """Return the port for one server.

    Args:
        variable: the variable that may name it, such as PORT.
        default: where the search starts when the variable is absent or empty.
        given: the environment.
        taken: ports promised to other parts of this start.
        free: tells whether a port can be had.

    Raises:
        CannotServe: the variable is no port, or the port it names is in use.
    """
    wish = given.get(variable, "").strip()
    if wish:
        if not (wish.isascii() and wish.isdigit() and 1 <= int(wish) <= _HIGHEST):
            raise CannotServe(f"{variable} must be a port from 1 to {_HIGHEST}. It is {wish!r}.")
        port = int(wish)
        if port in taken:
            raise CannotServe(f"{variable}={port} is already meant for another part. Choose another port.")
        if not free(port):
            raise CannotServe(f"{variable}={port}: the port is in use. Free it, or choose another.")
        return port
    for port in range(default, _HIGHEST + 1):
        if port not in taken and free(port):
            return port
    raise CannotServe(f"No free port from {default} upwards. Set {variable} to one that is.")
