import gc
import sys

# Nothing of what is imported is garbage, and looking for some takes a third of the start.
gc.disable()


def main() -> int:
    """Carry out the command line; give the exit code."""
    code = _carried_out()
    # Python dies of a Ctrl-C that came within exec(), even where it was caught and answered: of
    # one in the making of a dataclass, say. Whatever it executes next, it forgets that.
    exec("")  # noqa: S102 - nothing is executed
    return code


def _carried_out() -> int:
    try:
        from bot.cli import main as command_line  # noqa: PLC0415 - so that Ctrl-C is answered
    except KeyboardInterrupt:
        # Nothing has begun yet.
        sys.stderr.write("Interrupted. Nothing was changed.\n")
        return 130
    gc.freeze()
    gc.enable()
    return command_line()


if __name__ == "__main__":
    raise SystemExit(main())
