"""BibTeX as it is found in the wild."""

from digest.sources.references import Reference, References, read_references
from tests.sources.make import NOW


def read(text: str) -> References:
    return read_references(text.encode(), NOW)


def one(fields: str) -> Reference:
    [found] = read("@article{key,\n" + fields + "\n}").found
    return found


def test_an_entry_of_zotero() -> None:
    """Better BibTeX: protected capitals, TeX accents, an eprint and a file."""
    found = one(
        "title = {{{BERT}}: {Pre-training} of Things},\n"
        'author = {M{\\"u}ller, J{\\"o}rg and Chang, Ming-Wei},\n'
        "abstract = {We show that 50\\% is half.},\n"
        "eprint = {1810.04805v2}, eprinttype = {arxiv}, date = {2018-10-11}, url = {http://arxiv.org/abs/1810.04805},\n"
        "file = {/home/ada/x.pdf}"
    )

    assert found.title == "BERT: Pre-training of Things"
    assert found.authors == ("Müller, Jörg", "Chang, Ming-Wei")
    assert found.abstract == "We show that 50% is half."
    assert (found.arxiv_id, found.doi, found.url) == ("1810.04805", "", "http://arxiv.org/abs/1810.04805")
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2018-10-11T00:00:00+00:00"


def test_where_the_arxiv_id_may_stand() -> None:
    """Google Scholar writes it into the journal, others into a note or a DOI of arXiv's own."""
    for field in (
        "journal = {arXiv preprint arXiv:2004.12832}",
        "note = {arXiv:2004.12832 [cs.IR]}",
        "doi = {10.48550/arXiv.2004.12832}",
        "howpublished = {\\url{https://arxiv.org/pdf/2004.12832v2}}",
        "eprint = {2004.12832}",
    ):
        found = one(f"title = {{A title}}, {field}")
        assert (found.arxiv_id, found.doi) == ("2004.12832", ""), field


def test_numbers_that_are_no_arxiv_ids() -> None:
    """An eprint of another archive, and the number of an article."""
    assert one("title = {A}, eprint = {2004.12832}, archivePrefix = {HAL}").arxiv_id == ""
    assert one("title = {A}, number = {2004.12832}").arxiv_id == ""


def test_months_in_any_form_and_years_alone() -> None:
    """An unknown date is unknown."""
    for fields, day in {
        "year = 2020, month = mar": "2020-03-01",
        "year = {2020}, month = {12}": "2020-12-01",
        "year = {2020}": "2020-01-01",
        "year = {2020}, month = {99}": "2020-01-01",
    }.items():
        found = one(f"title = {{A}}, {fields}").published_at
        assert found is not None
        assert f"{found:%Y-%m-%d}" == day, fields
    for fields in ("month = jan", "year = {in press}", "year = {1850}", "year = {2090}"):
        assert one(f"title = {{A}}, {fields}").published_at is None


def test_a_broken_entry_costs_itself() -> None:
    """It is named with its line; what stands after it is read, strings are filled in, a key may come twice."""
    found = read(
        '@string{venue = "NeurIPS"}\n@article{a, title = {First}, journal = venue}\n@article{broken, title = {No end,\n'
        "@misc{b, title = {Second}}\n@misc{b, title = {Third}}\n@comment{x}\n@misc{c, year = 2020}\n"
    )

    assert [(one.line, one.title) for one in found.found] == [(2, "First"), (4, "Second"), (5, "Third")]
    assert found.problems == ("line 3: the entry cannot be read as BibTeX", "line 7: the entry names no work")


def test_a_large_library() -> None:
    """Every entry of five thousand, each with its own line."""
    text = "\n".join(
        f"@article{{k{n}, title={{On the subject number {n}}}, eprint={{2301.{n:05}}}}}" for n in range(5000)
    )

    found = read(text).found

    assert [one.arxiv_id for one in found] == [f"2301.{n:05}" for n in range(5000)]
    assert found[-1].line == 5000
