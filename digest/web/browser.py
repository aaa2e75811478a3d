"""Opening a browser at an address with a token, without showing the token to other users of the machine."""

import html
import webbrowser
from pathlib import Path

from digest.atomic_write import atomic_write, private_folder


def open_browser(address: str, through: Path) -> bool:
    """Open *address* through a private file, as Jupyter does: the arguments of a process can be read by everybody.

    Returns whether there was a browser to ask. What stays in the file is used up by then.
    """
    content = f'<meta charset="utf-8"><meta http-equiv="refresh" content="0; url={html.escape(address)}">'
    try:
        private_folder(through.parent)
        atomic_write(through, content.encode(), private=True)
    except OSError:
        return False
    return webbrowser.open(through.absolute().as_uri())
