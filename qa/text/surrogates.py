"""Halves of surrogate pairs, which JSON can spell and no text has; nothing can encode them."""


def half_of_pair(text: str) -> int | None:
    r"""Return where the first half of a surrogate pair stands, ``None`` where there is none.

    Bytes of a command line that are not UTF-8 are such halves too, as Python reads them.

    >>> half_of_pair("谁\udcb1?"), half_of_pair("谁😀?")
    (1, None)
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None
