import gc

# Nothing of what is imported is garbage, and looking for some takes a third of the start.
gc.disable()

try:
    from bot.cli import main
except KeyboardInterrupt:
    # Ctrl-C while it is imported: nothing has begun yet.
    raise SystemExit(1) from None

gc.freeze()
gc.enable()

if __name__ == "__main__":
    raise SystemExit(main())
