"""What the bot sends, as the templates need it: every block and element, or an error."""

from bot.sandbox.page.drawing.blocks import draw_blocks, draw_text
from bot.sandbox.page.drawing.canvas import Canvas, Surface
from bot.sandbox.slack.reading import CannotDrawError

__all__ = ["CannotDrawError", "Canvas", "Surface", "draw_blocks", "draw_text"]
