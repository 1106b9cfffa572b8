import os
import pwd


def operator() -> str:
    """Name who runs a command by the process's user; a container's may have no name."""
    user = os.getuid()
    try:
        return f"cli:{pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"cli:{user}"
