"""A letter: what clients also send, and what no extractor should make a form of."""

from io import BytesIO
from random import Random

from local.samples.people import invent_person
from local.samples.sheet import Sheet, new_canvas

_TEXT = """\
Thank you for meeting with us last week. As we mentioned, the move to the new house is now \
settled for the end of the month, and the telephone number stays the same. Please use the \
address above for everything you mail to us from then on.
The children start at their new school in the fall. The office there asked us for a \
reference from somebody who has known the family for more than five years. Would you be \
willing to write one? A few sentences are enough, and there is no hurry.
We also wanted to say how much we liked the garden behind your office. If you still have \
seedlings of the yellow tomatoes in the spring, we would gladly come by and take some."""


def draw_letter(chance: Random) -> bytes:
    target = BytesIO()
    canvas = new_canvas(target)
    sheet, sender, reader = Sheet(canvas), invent_person(chance), invent_person(chance)
    sheet.lines(72, 90, (sender.name, *sender.home.lines), size=11)
    sheet.text(540, 150, "June 3, 2024", size=11, align="right")
    sheet.text(72, 190, f"Dear {reader.first_name.split()[0]},", size=11)
    y = 216.0
    for paragraph in _TEXT.splitlines():
        y = sheet.wrapped(72, y, 468, paragraph, size=11) + 10
    sheet.text(72, y + 10, "With kind regards,", size=11)
    sheet.text(72, y + 50, sender.name, size=11)
    canvas.save()
    return target.getvalue()
