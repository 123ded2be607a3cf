"""The look of the pages: colours and type for Gradio's own parts, the style sheet, the script.

Every font and file comes from this machine; nothing is fetched from anywhere else.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from qa.notices import languages, notice_text
from qa.ui.lean_gradio import gr

HERE = Path(__file__).parent
STYLES = ("look/colours.css", "page.css", "words.css", "take_away.css")
# Each is a function that runs at once; what several need stands in `window.quotewell`, page.js's.
SCRIPTS = ("page.js", "language.js", "meanings.js", "reading.js", "take_away.js")
ICON = HERE / "icon.svg"
GROUND, GROUND_DARK = "#faf8f3", "#11181b"
ACCENT = "#0b5c6b"
# `page.css` says where the first one lies; the others are whatever the reader's machine has.
FONTS = ("Source Sans Pro", "system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")

HEAD = (
    '<link rel="icon" href="./favicon.ico" type="image/svg+xml">'
    f'<meta name="theme-color" content="{GROUND}" media="(prefers-color-scheme: light)">'
    f'<meta name="theme-color" content="{GROUND_DARK}" media="(prefers-color-scheme: dark)">'
    '<meta name="robots" content="noindex">'
)


def page_head() -> str:
    """What stands in the page's head, so that the look and the script are there from the first.

    Gradio would rewrite a style sheet given to it as `css`, and run a script late.
    """
    title = f"<title>{escape(notice_text('page.title'))}</title>"
    style, script = style_of(STYLES), script_of(SCRIPTS)
    known = f'<meta name="languages" content="{" ".join(languages())}">'
    return f"{title}{known}{HEAD}<style>{style}</style><script>{script}</script>"


def style_of(names: Sequence[str]) -> str:
    """The style sheets of these names as one."""
    return "\n".join(_text(name) for name in names)


def script_of(names: Sequence[str]) -> str:
    """The scripts of these names as one that runs at once."""
    return "\n".join(f"({_text(name)})();" for name in names)


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def page_theme() -> gr.themes.Base:
    """Gradio's parts in the colours of the page; `page.css` holds the rest."""
    theme = gr.themes.Base(
        font=[gr.themes.Font(name) for name in FONTS],
        font_mono=[gr.themes.Font("monospace")],
        text_size=gr.themes.sizes.text_lg,
    )
    return theme.set(
        body_background_fill=GROUND,
        body_background_fill_dark=GROUND_DARK,
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0",
        block_shadow="none",
        input_background_fill="var(--sheet)",
        input_background_fill_dark="var(--sheet)",
        input_border_color="var(--line-strong)",
        input_border_color_dark="var(--line-strong)",
        button_primary_background_fill="var(--accent)",
        button_primary_background_fill_dark="var(--accent)",
        button_primary_text_color="var(--on-accent)",
        button_primary_text_color_dark="var(--on-accent)",
    )


def page_manifest() -> dict[str, object]:
    """What a browser needs to keep the page on a home screen."""
    return {
        "name": notice_text("page.title"),
        "short_name": notice_text("page.title"),
        "start_url": "./",
        "display": "minimal-ui",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [{"src": "favicon.ico", "sizes": "any", "type": "image/svg+xml"}],
    }
