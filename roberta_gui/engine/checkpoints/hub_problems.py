"""Say in our own words what went wrong between us and the hub."""

import errno
import os
from importlib import import_module

from roberta_gui import problems

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_LOG_IN = "A private model needs the command `hf auth login` first."


def as_problem(error: Exception, name: str) -> problems.Problem | None:
    """Translate an error that came up while downloading the model ``name``.

    None means that the error is nothing that a network or a disk explains.
    """
    from huggingface_hub import errors

    if isinstance(error, problems.Problem):
        return error
    if isinstance(error, errors.GatedRepoError):
        return problems.ModelNotFound(
            f"{name} is only given to people who accepted its terms.",
            "Accept them on the model's page, then run `hf auth login`.",
        )
    if isinstance(error, errors.RepositoryNotFoundError | errors.DisabledRepoError):
        return problems.ModelNotFound(
            f"The hub has no model {name}.", f"Check the spelling. {_LOG_IN}"
        )
    if isinstance(error, errors.OfflineModeIsEnabled):
        return problems.NoNetwork(
            f"{name} is not on this computer, and HF_HUB_OFFLINE forbids downloads.",
            "Unset HF_HUB_OFFLINE, or open a folder.",
        )
    if isinstance(error, errors.HfHubHTTPError):
        return _refused(error.response.status_code, name)
    if isinstance(error, OSError) and error.errno is not None:
        return _disk(error)
    broken_off = isinstance(error, errors.LocalEntryNotFoundError | errors.FileMetadataError)
    # huggingface_hub reports a file of the wrong length as a plain OSError.
    if broken_off or isinstance(error, (*_transport_errors(), OSError)):
        return problems.NoNetwork(
            f"The hub cannot be reached, or the download of {name} broke off.",
            "Check the connection and try again; the models that the menu lists need none.",
        )
    return None


def unexplained(error: Exception, name: str) -> problems.NoNetwork:
    """Tell of an error that neither network nor disk explains: a bad address, most likely."""
    proxies = [proxy for proxy in _PROXIES if os.environ.get(proxy)]
    if proxies:
        # What they hold is not shown: it may have a password in it.
        return problems.NoNetwork(
            f"The hub cannot be asked through the proxy that {' or '.join(proxies)} names.",
            "Such an address looks like http://proxy.example:8080; correct it, or unset it.",
        )
    return problems.NoNetwork(
        f"The download of {name} failed: {type(error).__name__}: {error}.",
        "The log has the details; a folder with the model's files can be opened, too.",
    )


def _refused(status: int, name: str) -> problems.Problem:
    if status in {401, 403}:
        return problems.ModelNotFound(f"The hub does not give {name} to everybody.", _LOG_IN)
    if status == 404:
        return problems.BrokenCheckpoint(
            f"The hub lists a file of {name} that it does not have.", "Try another model."
        )
    return problems.NoNetwork(f"The hub answered with the error {status}.", "Try again later.")


def _disk(error: OSError) -> problems.Problem:
    if isinstance(error, ConnectionError | TimeoutError):
        return problems.NoNetwork(
            "The connection to the hub broke off.", "Check the connection and try again."
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return problems.BrokenCheckpoint(
            "The disk is full, so the model could not be downloaded.",
            "Free some space, or let HF_HOME name a folder on a larger disk.",
        )
    return problems.BrokenCheckpoint(
        f"The model could not be stored: {error.strerror}.",
        "Check the rights on the hub's cache folder, or let HF_HOME name another one.",
    )


def _transport_errors() -> tuple[type[Exception], ...]:
    """List the network errors of the client that huggingface_hub uses; it changed over time."""
    found: list[type[Exception]] = []
    for name in ("httpx2", "httpx"):
        try:
            found.append(import_module(name).TransportError)
        except ImportError:
            continue
    return tuple(found)
