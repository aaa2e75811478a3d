r"""Search as SQL macros inside the archive, so that every DuckDB client can use them.

`core.terms_of` cuts texts into terms, in items and queries alike: plurals lose their ending,
which is most of what stemming does for English titles, and stop words are left out.
`search_words` ranks by BM25 over the inverted index (`inverted_index`), `similar_to` by vectors.
"""

from collections.abc import Sequence

#: They would fill a third of the inverted index and distinguish no text from another.
_STOP_WORDS = (
    "'a', 'an', 'and', 'are', 'as', 'at', 'be', 'by', 'for', 'from', 'in', 'is', 'it', 'its', 'of', 'on', 'or', "
    "'that', 'the', 'these', 'this', 'to', 'was', 'we', 'were', 'which', 'with', 'you'"
)

#: A "word" longer than 40 letters is an encoded blob, and each would be a row of its own.
TERMS_OF = rf"""
create or replace macro core.terms_of(text) as list_filter(
    list_transform(
        regexp_extract_all(lower(strip_accents(text)), '[\p{{L}}\p{{N}}]+'),
        lambda word: case
            when length(word) < 4 or not suffix(word, 's') then word
            when suffix(word, 'ies') and length(word) > 4 then word[:-4] || 'y'
            when suffix(word, 'sses') or suffix(word, 'xes') or suffix(word, 'tches') then word[:-3]
            when suffix(word, 'ss') or suffix(word, 'is') or (suffix(word, 'us') and length(word) > 4) then word
            else word[:-2]
        end
    ),
    lambda word: length(word) <= 40 and word not in ({_STOP_WORDS})
);
"""

#: The usual constants of BM25 (Robertson and Zaragoza 2009): how fast repetition saturates, how much length counts.
_K1, _B = 1.2, 0.75


def by_words(asked: str, *, among: str = "core.items", many: str) -> str:
    """A query for (number, similarity), best first, of the *many* items that BM25 ranks highest.

    *asked* and *many* are SQL expressions, *among* a relation with the columns of core.items
    that a hit must be in. Rarity is counted over the whole archive.
    """
    return f"""
    with wanted as (select distinct unnest(core.terms_of({asked})) as term),
    found as (
        select term, hits from core.terms where term in (from wanted) union all
        select term, hits from core.compacted_terms where term in (from wanted)
    ),
    size as (select count(*) as total, greatest(avg(words), 1) as usual from core.items),
    rarity as (
        select term, ln(1 + (total - held + 0.5) / (held + 0.5)) as weight
        from (select term, least(sum(len(hits)), any_value(total)) as held, any_value(total) as total
              from found, size group by term)
    ),
    hit as (select weight, unnest(hits, recursive := true) from found join rarity using (term)),
    best as (
        select hit.number, sum(weight * hit.count * {_K1 + 1}
                   / (hit.count + {_K1} * ({1 - _B} + {_B} * lengths.words / usual))) as similarity
        from hit join (select number, words from {among}) lengths using (number), size
        group by hit.number order by similarity desc, hit.number limit {many}
    )
    select number, similarity from best
    """


#: DuckDB gives one thread a group of 122,880 rows; an archive of one group is read by two threads in halves.
_HALF_A_GROUP = 61_440


def by_meaning(vector: str, *, dimensions: int, model: str, among: str = "", many: str) -> str:
    """A query for (number, similarity), best first, of the *many* texts nearest to a vector of *model*.

    The arguments are SQL expressions; *among* is a relation that an item must be in, "" for all.
    Vectors have length 1, so that their inner product is the cosine.
    """
    chosen = f"and text_hash in (select text_hash from {among})" if among else ""
    compared = f"""
        select text_hash, array_inner_product(vector, {vector}::float[{dimensions}]) as similarity
        from core.vectors_{dimensions} where model = {model} {chosen}
    """
    return f"""
    select number, similarity from (
        from ({compared} and rowid < {_HALF_A_GROUP} union all {compared} and rowid >= {_HALF_A_GROUP})
        order by similarity desc limit {many}
    ) join {among or "core.items"} using (text_hash)
    """


#: The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): far down, one rank means little.
_FUSION = 60


def fused(rankings: Sequence[str]) -> str:
    """A query for (number, similarity) that fuses queries of that form by reciprocal rank."""
    ranked = " union all ".join(
        f"select number, row_number() over (order by similarity desc, number) as place from ({ranking})"
        for ranking in rankings
    )
    return f"select number, sum(1 / ({_FUSION} + place)) as similarity from ({ranked}) group by number"


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def shown(hits: str, many: str) -> str:
    """The columns that a search shows of *hits*: one row a work, best first.

    Texts are read of the rows that are shown alone: of all hits it takes as long as finding them.
    """
    return f"""
    with best_works as materialized (
        select place, similarity from ({hits}) hits
        join (select rowid as place, number, work_id, item_id from core.items) using (number)
        where similarity is not null
        qualify row_number() over (partition by work_id order by similarity desc, item_id) = 1
        order by similarity desc, item_id limit {many}
    )
    select item_id, similarity, title, source, published_at, url from best_works
    join (select rowid as place, * from core.items where rowid in (select place from best_works)) using (place)
    order by similarity desc, item_id
    """


def search_macros(model: str, dimensions: int) -> str:
    """`search_words` and `similar_to`; without a model (\"\") nothing is similar."""
    vector = f"(select any_value(vector) from core.vectors_{dimensions} join core.items i using (text_hash) " + (
        f"where model = {quoted(model)} and i.item_id = item)"
    )
    near = by_meaning(vector, dimensions=dimensions, model=quoted(model), many="4 * count_shown + 20")
    others = f"from ({near}) where number not in (select o.number from core.items o join core.items i " + (
        "using (work_id) where i.item_id = item)"
    )
    nothing = "select 0::uinteger as number, 0::float as similarity where item = '' and false"
    return f"""
    create or replace macro search_words(asked, count_shown := 20) as table
        {shown(by_words("asked", many="4 * count_shown + 20"), "count_shown")};
    create or replace macro similar_to(item, count_shown := 20) as table
        {shown(others if model else nothing, "count_shown")};
    """
