"""The few drawings of the page, inline, in the colour of the text beside them. All decorative."""

_PATHS = {
    "mark": '<path d="M5 17c3-1 4.5-3 4.5-6H5V5h7v6c0 4.5-2.5 7.5-6 8.5z"/>'
    '<path d="M14 17c3-1 4.5-3 4.5-6H14V5h7v6c0 4.5-2.5 7.5-6 8.5z"/>',
    "open": '<path d="M5 4h8l5 5v11H5z"/><path d="M13 4v5h5"/><path d="M8 13h7M8 16.5h5"/>',
    "copy": '<rect x="9" y="9" width="11" height="11" rx="2"/>'
    '<path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "alert": '<path d="M12 4l9 16H3z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "found": '<path d="M4 12.5l5 5L20 6.5"/>',
    "near": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "target": '<circle cx="12" cy="12" r="6.5"/><path d="M12 2.5v5M12 16.5v5M2.5 12h5M16.5 12h5"/>',
    "person": '<circle cx="12" cy="8" r="4"/>'
    '<path d="M4.5 20.5c.8-4.5 3.800-6.5 7.5-6.5s6.700 2 7.5 6.5"/>',
    "next": '<path d="M5 12h13M13 6.5l5.5 5.5-5.5 5.5"/>',
    "heart": '<path d="M12 20s-7.500-4.600-7.500-10A4.200 4.200 0 0 1 12 7.400 4.200 4.200 0 0 1 '
    '19.500 10c0 5.400-7.500 10-7.500 10z"/>',
    "clock": '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>',
    "phone": '<path d="M6 3.500h3l1.500 4.500-2 1.500a12 12 0 0 0 6 6l1.500-2 4.500 1.500v3a2 2 0 0'
    ' 1-2 2A16.500 16.500 0 0 1 4 5.500a2 2 0 0 1 2-2z"/>',
    "speak": '<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500z"/>'
    '<path d="M15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a7.800 7.800 0 0 1 0 11"/>',
    "stop": '<rect x="6.500" y="6.500" width="11" height="11" rx="1.500"/>',
    "letters": '<path d="M3 18.500L8 5.500l5 13M4.800 14h6.400"/>'
    '<circle cx="17.500" cy="15" r="3.200"/><path d="M20.700 11.800v6.500"/>',
    "print": '<path d="M7 9V4h10v5"/><rect x="4" y="9" width="16" height="7" rx="1.500"/>'
    '<path d="M7 14h10v6H7z"/>',
    "share": '<path d="M12 15V4M8 8l4-4 4 4"/><path d="M6 12v7h12v-7"/>',
    "save": '<path d="M12 4v11M8 11l4 4 4-4"/><path d="M5 19.500h14"/>',
    "edit": '<path d="M5 19l1-4L16 5l3 3L9 18z"/>',
    "again": '<path d="M5 12a7 7 0 1 0 2-5"/><path d="M4 4v4h4"/>',
    "bin": '<path d="M5 7h14M9 7V4.500h6V7M7 7l1 13h8l1-13"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
}
FILLED = frozenset({"mark"})


def icon(name: str) -> str:
    """The drawing called `name`, hidden from screen readers."""
    look = 'fill="currentColor"' if name in FILLED else 'fill="none" stroke="currentColor"'
    return (
        f'<svg class="icon icon-{name}" viewBox="0 0 24 24" {look} '
        f'aria-hidden="true" focusable="false">{_PATHS[name]}</svg>'
    )
