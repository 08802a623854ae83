"""Find the files that come with the product, from a checkout or an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE.parent / "resources", _PACKAGE / "resources")


class IncompleteInstallation(FileNotFoundError):
    """A file that comes with the product is not there."""


def resource(name: str) -> Path:
    """Return the path of a shipped file or folder such as ``"models/mini"``.

    A checkout keeps ``resources`` beside the package, a wheel inside it: `IncompleteInstallation`
    where neither has it.
    """
    for place in _PLACES:
        if (place / name).exists():
            return place / name
    raise IncompleteInstallation(f"RoBERTa Explorer came without its file {name!r}")
