import gc
import sys

# Nothing of what is imported is garbage, and looking for some takes a third of the start.
gc.disable()

try:
    from bot.cli import main
except KeyboardInterrupt:
    # Ctrl-C while it is imported: nothing has begun yet.
    sys.stderr.write("Interrupted. Nothing was changed.\n")
    raise SystemExit(130) from None

gc.freeze()
gc.enable()

if __name__ == "__main__":
    raise SystemExit(main())
