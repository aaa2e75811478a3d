"""The address of a source, the validators sent with a request, and which responses hold a document."""

from digest.records import Request, Response, Source, SourceState


def address_of(source: Source, state: SourceState) -> str:
    """The address where a source was found last, unless sources.toml names another one by now."""
    return state.url if state.url and state.declared_url == source.url else source.url


def request_for(url: str, state: SourceState) -> Request:
    """A request for *url*, with the stored validators if they belong to this address."""
    if url != state.url:
        return Request(url=url)
    return Request(url=url, etag=state.etag, last_modified=state.last_modified)


def answered(responses: tuple[Response, ...]) -> tuple[Response, ...]:
    """The responses that hold a document, which a 304 does not."""
    return tuple(response for response in responses if response.status != 304)


def settled_url(response: Response) -> str:
    """The address to request next time for the same document."""
    return response.permanent_url or response.request.url
