import gc

# Nothing of what is imported is garbage, and looking for some takes a third of the start.
gc.disable()

from bot.cli import main  # noqa: E402 - it is what is imported meanwhile

gc.freeze()
gc.enable()

if __name__ == "__main__":
    raise SystemExit(main())
