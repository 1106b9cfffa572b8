"""What the bot sends, as the templates need it: every block and element, or an error."""

from bot.block_kit.reading import CannotDrawError
from bot.sandbox.page.drawing.blocks import draw_blocks, draw_text
from bot.sandbox.page.drawing.canvas import Canvas, Surface

__all__ = ["CannotDrawError", "Canvas", "Surface", "draw_blocks", "draw_text"]
