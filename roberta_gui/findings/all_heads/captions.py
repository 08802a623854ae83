"""What All heads says: in which order the heads are, what the colours mean, what is off."""

from roberta_gui.analysis.attention import LOG_FLOOR
from roberta_gui.choices import HeadSort, Scale
from roberta_gui.findings.all_heads.measures import describe_basis, describe_order, measure_of
from roberta_gui.findings.all_heads.pictures import (
    THUMBNAIL,
    HeadPictures,
    change_scale,
    in_roots,
)
from roberta_gui.findings.comparison.against import name_of_b
from roberta_gui.findings.heads import describe_switched_heads
from roberta_gui.wording import counted


def caption(
    pictures: HeadPictures,
    scale: Scale,
    sort: HeadSort = "layer",
    n_pixels: int = THUMBNAIL,
    *,
    has_roles: bool = False,
) -> str:
    """Say all that is said of a picture of all heads; ``has_roles`` is whether it tells them."""
    request, roles = pictures.analysis.request, pictures.roles
    order = "Layers up, heads across"
    if measure_of(pictures, sort) is not None:
        order = f"Heads {describe_order(sort)}"
    told = [f"{order}; {describe_scale(pictures, scale, n_pixels)}."]
    if has_roles and roles is not None:
        told.append(f"What heads look at is {describe_basis(roles)}.")
    told.append(describe_switched_heads(request.switched_off, request.ablation))
    return " ".join(part for part in told if part)


def describe_scale(pictures: HeadPictures, scale: Scale, n_pixels: int = THUMBNAIL) -> str:
    """Say what the colours mean, where each head is drawn with ``n_pixels`` a side."""
    most = float(pictures.thumbnails.max(initial=0.0))
    text = {
        "auto": "scale 0 to each head's largest weight" + _roots(pictures),
        "head": "scale 0 to each head's largest weight",
        "layer": "scale 0 to each layer's largest weight",
        "all": f"scale 0 – {most:.2g} in all heads",
        "log": f"logarithmic, ≤ {LOG_FLOOR:g} – {most:.2g} in all heads",
    }[scale]
    if pictures.is_difference and pictures.comparison is not None:
        drawn = change_scale(pictures, scale).told()
        text = f"difference to {name_of_b(pictures.comparison)}, {drawn} in all heads"
        if n_alone := int((pictures.comparison.tokens < 0).sum()):
            text += f"; {counted(n_alone, 'token')} without a partner left blank"
    what = "difference" if pictures.is_difference else "weight"
    pooled = f"; a pixel shows the strongest {what} it covers"
    side = pictures.thumbnails.shape[-1]
    return text + (pooled if side > n_pixels or side == THUMBNAIL else "")


def _roots(pictures: HeadPictures) -> str:
    """Say of how many heads square roots are drawn."""
    n, of = int(in_roots(pictures).sum()), pictures.faint.size
    if not n:
        return ""
    return f", {'all' if n == of else f'{n} of {of}'} in square roots"
