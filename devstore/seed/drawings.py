"""Drawings of the products, made of a few shapes each, so that no picture is borrowed."""

INK = "#2b2a28"
STEAM = (
    '<path d="M330 170c-30-40 30-60 0-100M400 160c-30-40 30-60 0-100M470 170c-30-40 30-60 0-100" '
    'fill="none" stroke="#b9b2a6" stroke-width="10" stroke-linecap="round"/>'
)


def _kettle(tone: str) -> str:
    return (
        f'<path d="M250 620h300c40-150 20-290-60-340H310c-80 50-100 190-60 340z" fill="{tone}"/>'
        f'<path d="M545 420c70-20 90-90 120-130l-40-20c-20 40-50 80-100 90z" fill="{tone}"/>'
        f'<path d="M270 300c-20-190 280-190 260 0" fill="none" stroke="{INK}" stroke-width="22"/>'
        f'<rect x="360" y="248" width="80" height="26" rx="13" fill="{INK}"/>'
    )


def _grinder(tone: str) -> str:
    return (
        f'<rect x="310" y="240" width="180" height="300" rx="24" fill="{tone}"/>'
        f'<path d="M330 540h140l20 130H310z" fill="{INK}"/><rect x="386" y="170" width="28" height="80" fill="{INK}"/>'
        f'<path d="M400 180h170" stroke="{INK}" stroke-width="22" stroke-linecap="round"/>'
        f'<circle cx="585" cy="180" r="32" fill="{tone}" stroke="{INK}" stroke-width="10"/>'
    )


def _mugs(tone: str) -> str:
    mug = '<path d="M0 0h190v190c0 40-30 60-60 60H60c-30 0-60-20-60-60z" fill="{}"/><path d="M190 40c90-10 90 140 0 130" fill="none" stroke="{}" stroke-width="22"/>'  # noqa: E501
    return (
        f'<g transform="translate(170 400)">{mug.format(tone, tone)}</g>'
        f'<g transform="translate(400 340)">{mug.format("#d9cfbf", "#d9cfbf")}</g>'
        f'<g transform="translate(-130 130)">{STEAM}</g>'
    )


def _dripper(tone: str) -> str:
    return (
        f'<path d="M230 260h340l-120 230H350z" fill="{tone}"/><rect x="290" y="490" width="220" height="24" rx="12" '
        f'fill="{INK}"/><path d="M300 530h200v90c0 40-30 60-60 60h-80c-30 0-60-20-60-60z" fill="#cfd8d6"/>'
        f'<path d="M560 290c70 0 70 110-20 110" fill="none" stroke="{tone}" stroke-width="20"/>'
    )


def _filters(tone: str) -> str:
    sheets = "".join(
        f'<path d="M{210 + 14 * n} {250 + 18 * n}h340l-120 300H{330 + 14 * n}z" fill="{tone}" stroke="#cbbfae" '
        'stroke-width="5"/>'
        for n in range(4)
    )
    return f"<g>{sheets}</g>"


def _bag(tone: str) -> str:
    return (
        f'<path d="M270 230h260l20 450H250z" fill="{tone}"/><path d="M270 230l20-60h220l20 60z" fill="{INK}"/>'
        '<rect x="310" y="360" width="180" height="170" rx="10" fill="#f7f1e6"/>'
        f'<ellipse cx="400" cy="445" rx="38" ry="54" fill="{tone}"/>'
        '<path d="M400 395c-22 30 22 70 0 100" fill="none" stroke="#f7f1e6" stroke-width="8"/>'
    )


def _course(tone: str) -> str:
    return (
        f'<rect x="170" y="230" width="460" height="300" rx="22" fill="{INK}"/>'
        f'<rect x="194" y="254" width="412" height="252" fill="{tone}"/><path d="M365 320v120l105-60z" fill="#f7f1e6"/>'
        f'<path d="M140 560h520l-30 40H170z" fill="#8d867b"/>'
    )


def _card(tone: str) -> str:
    return (
        f'<rect x="170" y="270" width="460" height="280" rx="28" fill="{tone}"/>'
        f'<path d="M170 390h460M330 270v280" stroke="#f7f1e6" stroke-width="20"/>'
        '<path d="M330 390c-80-10-110-90-50-100 40 0 50 60 50 100zm0 0c80-10 110-90 50-100-40 0-50 60-50 100z" '
        'fill="none" stroke="#f7f1e6" stroke-width="14"/>'
    )


def _server(tone: str) -> str:
    return (
        f'<path d="M310 250h180l60 330c0 60-40 90-80 90H330c-40 0-80-30-80-90z" fill="{tone}" opacity=".75"/>'
        f'<path d="M270 480h260l20 100c0 60-40 90-80 90H330c-40 0-80-30-80-90z" fill="#6b4a33"/>'
        f'<rect x="300" y="220" width="200" height="34" rx="17" fill="{INK}"/>'
        f'<path d="M520 330c110 0 110 200 20 210" fill="none" stroke="{INK}" stroke-width="20"/>'
    )


def _cloth(tone: str) -> str:
    stripes = "".join(f'<path d="M{250 + 60 * n} 230v430" stroke="#f7f1e6" stroke-width="8"/>' for n in range(6))
    return f'<path d="M210 230h380v430l-60-24-64 24-64-24-64 24-64-24-64 24z" fill="{tone}"/>{stripes}'


def _pot(tone: str) -> str:
    return (
        f'<ellipse cx="400" cy="470" rx="190" ry="160" fill="{tone}"/><ellipse cx="400" cy="316" rx="90" ry="22" '
        f'fill="{INK}"/><circle cx="400" cy="286" r="22" fill="{INK}"/><path d="M580 470c60-10 60-100 110-120" '
        f'fill="none" stroke="{tone}" stroke-width="40"/><path d="M215 420c-110-30-110 150 10 140" fill="none" '
        f'stroke="{tone}" stroke-width="26"/>'
    )


SHAPES = {
    "kettle": _kettle,
    "grinder": _grinder,
    "mugs": _mugs,
    "dripper": _dripper,
    "filters": _filters,
    "bag": _bag,
    "course": _course,
    "card": _card,
    "server": _server,
    "cloth": _cloth,
    "pot": _pot,
}


def draw(name: str) -> str | None:
    """Return the SVG of `<shape>-<rrggbb>` (`kettle-5b7f78`), or None for a shape or colour nobody draws."""
    shape, _, tone = name.rpartition("-")
    if shape not in SHAPES or len(tone) != 6 or not set(tone) <= set("0123456789abcdef"):
        return None
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" width="800" height="800" role="img">'
        f'<rect width="800" height="800" fill="#f3eee5"/><ellipse cx="400" cy="690" rx="250" ry="26" fill="#e2d9ca"/>'
        f"{SHAPES[shape]('#' + tone)}</svg>"
    )
