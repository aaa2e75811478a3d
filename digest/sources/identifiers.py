"""Public identifiers found in text: arXiv ids, DOIs, GitHub repositories, canonical addresses.

Finds and normalises them; whether two items are one work is decided elsewhere.
"""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

#: query parameters that track readers and change nothing else; miniflux's list without the rare ones
_TRACKING = frozenset(
    """
    fbclid gclid dclid gbraid wbraid gclsrc srsltid yclid ysclid msclkid twclid ttclid igshid igsh rdt_cid
    mc_cid mc_eid mc_tc _openstat vero_conv vero_id wickedid _hsenc _hsmi __hssc __hstc __hsfp hsctatracking
    oly_anon_id oly_enc_id rb_clickid s_cid ml_subscriber ml_subscriber_hash mkt_tok elqtrack elqtrackid
    campaign_id campaign_medium campaign_name _bhlid _branch_match_id _branch_referrer __readwiselocation
    at_campaign at_medium at_recipient_id guce_referrer guce_referrer_sig ref_src
    """.split()
)
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_")

# Ids since April 2007 are YYMM.number, before that archive/YYMMnumber with an optional subject class.
_NEW_STYLE = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD_STYLE = r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV_ID = rf"(?P<id>{_NEW_STYLE}|{_OLD_STYLE})(?:v\d+)?"
_ARXIV_BARE = re.compile(rf"\s*{_ARXIV_ID}\s*")
_ARXIV_NAMED = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html|format|ps|e-print)/|\barxiv(?:\.org)?[:.]\s*"
    r"|alphaxiv\.org/(?:abs|pdf)/|ar5iv\.org/(?:abs|html)/|ar5iv\.labs\.arxiv\.org/(?:abs|html)/"
    rf"|huggingface\.co/papers/|hf\.co/papers/){_ARXIV_ID}(?!\d)",
    re.IGNORECASE,
)
_ARXIV_HINT = re.compile(r"arxiv|ar5iv|papers/", re.IGNORECASE)  # most texts need not be searched with the long pattern
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"'<>?#&]+")
_GITHUB = re.compile(r"(?:^|[/@.\s(])github\.com[/:]([A-Za-z0-9-]{1,39})/([A-Za-z0-9._-]{1,100})", re.IGNORECASE)
#: first path segments on github.com that are pages of its own, not accounts
GITHUB_PAGES = frozenset(
    """
    about apps blog collections contact customer-stories enterprise events explore features issues login
    marketplace new notifications orgs pricing pulls search security settings site sponsors stars topics
    trending users
    """.split()
)


def canonical_url(url: str) -> str:
    """The form that an address and its variants share; for comparing, never for requesting."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return url.strip()
    host = parts.hostname if port in (None, 80, 443) else f"{parts.hostname}:{port}"
    path = _same_escapes(parts.path).removesuffix("/index.html").rstrip("/")
    kept = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(pair[0]))
    return f"https://{host}{path}{'?' if kept else ''}{urlencode(kept)}"


def without_tracking(url: str) -> str:
    """The same address without its tracking parameters."""
    head, mark, rest = url.partition("?")
    query, fence, fragment = rest.partition("#")
    kept = [part for part in query.split("&") if part and not _is_tracking(part.partition("=")[0])]
    return head + (mark if kept else "") + "&".join(kept) + fence + fragment if mark else url


def arxiv_id_in(text: str) -> str:
    """Find the bare arXiv id in an address, an OAI name, a DOI or an id with its prefix; "" where there is none."""
    match = _ARXIV_BARE.fullmatch(text)
    if match is None and _ARXIV_HINT.search(text):
        match = _ARXIV_NAMED.search(text)
    if match is None:
        return ""
    archive, slash, number = match["id"].rpartition("/")
    return f"{archive.partition('.')[0].lower()}{slash}{number}"


def doi_in(text: str) -> str:
    """Find a DOI, in lower case since DOIs ignore case; "" where there is none."""
    match = _DOI.search(unquote(text)) if "10." in text else None
    if match is None:
        return ""
    doi = match[0].rstrip(".,;:!*_/")
    while doi.endswith((")", "]")) and doi.count(doi[-1]) > doi.count({")": "(", "]": "["}[doi[-1]]):
        doi = doi[:-1]
    return doi.lower()


def github_repository_in(text: str) -> str:
    """Find owner/name of a GitHub repository, in lower case; "" where there is none."""
    for owner, name in _GITHUB.findall(text):
        name = name.rstrip(".").removesuffix(".git")
        if owner.lower() not in GITHUB_PAGES and name:
            return f"{owner}/{name}".lower()
    return ""


def _is_tracking(parameter: str) -> bool:
    name = parameter.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _same_escapes(path: str) -> str:
    """Escape only the characters of a path that need it."""
    return quote(unquote(path), safe="/:@!$&'()*+,;=~-._")
