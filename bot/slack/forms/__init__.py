"""The forms that people fill in, one file each: what it asks, and what its submission means.

A new form is a name in ``FormName``, a file with a subclass of ``Form``, and a line in
``every_form`` of ``bot/bootstrap/slack.py``.
"""
