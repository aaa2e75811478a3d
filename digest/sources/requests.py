"""Which address a source is asked at, and what is said along with it."""

from digest.records import Request, Response, Source, SourceState


def address_of(source: Source, state: SourceState) -> str:
    """Where a source was last found, unless sources.toml names another address since."""
    return state.url if state.url and state.declared_url == source.url else source.url


def request_for(url: str, state: SourceState) -> Request:
    """Ask with the stored validators if they belong to this very address."""
    if url != state.url:
        return Request(url=url)
    return Request(url=url, etag=state.etag, last_modified=state.last_modified)


def answered(responses: tuple[Response, ...]) -> tuple[Response, ...]:
    """The answers that hold a document: not those that say that nothing has changed."""
    return tuple(response for response in responses if response.status != 304)


def settled_url(response: Response) -> str:
    """The address to ask next time for what this answer holds."""
    return response.permanent_url or response.request.url
