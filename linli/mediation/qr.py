"""A QR picture of an address, where the extra `papers` is there; else the address alone is shown."""


def picture_of(address: str) -> str:
    """As an address of data for an image; empty without the extra."""
    try:
        import segno
    except ImportError:
        return ""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
