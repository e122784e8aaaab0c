"""What a client calls its file: a label to show, never part of a path, a blob's name or a header.

It is cleaned of what would make it show as another name than it is.
"""

import re
import unicodedata

LONGEST = 255
_FOLDERS = re.compile(r"^.*[/\\]", re.DOTALL)  # some browsers send the path on the client's disk
# They turn the text around them, so that "fdp.exe" is shown as "exe.pdf"; or they show nothing.
_MISLEADING = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def clean_name(given: str) -> str:
    """The name alone, in one way of writing it; a ValueError when nothing sensible is left."""
    name = unicodedata.normalize("NFC", _MISLEADING.sub("", _FOLDERS.sub("", given))).strip()
    if not name.strip(". \u200c\u200d"):
        raise ValueError("A name has at least one character to show")
    if len(name) > LONGEST:
        raise ValueError(f"A name has {LONGEST} characters at most")
    return name
