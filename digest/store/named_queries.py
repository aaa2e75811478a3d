"""Named queries that come with the program; sources.toml may add its own under [queries]."""

QUERIES: dict[str, tuple[str, str]] = {
    "yield": (
        "what each source published, and how much of it was kept and marked",
        """
        select source, seen, kept, round(100 * kept / nullif(seen, 0), 1) as kept_percent, marked, last_success
        from sources where active order by kept desc, seen desc
        """,
    ),
    "near-misses": (
        "what I nearly read: the best works of the last four issues that were not kept",
        """
        select v.period, v.rank, i.title, i.source, v.reason, i.url, v.item_id
        from verdicts v join items i using (item_id)
        where not v.kept and v.period in (select period from issues order by ends_at desc limit 4)
        qualify row_number() over (partition by v.period order by v.rank) <= 5
        order by v.period desc, v.rank
        """,
    ),
    "reasons": (
        "what keeps works out: verdicts by reason, numbers left out",
        r"""
        select regexp_replace(regexp_replace(reason, '"[^"]*"', '…', 'g'), '-?[0-9]+([.][0-9]+)?', '#', 'g') as reason,
               count(*) as works
        from verdicts where not kept group by 1 order by works desc
        """,
    ),
    "focus-drift": (
        "how relevance and lean of what was kept move from issue to issue",
        """
        select v.period, count(*) as kept, round(avg(s.relevance), 2) as relevance, round(avg(s.lean), 2) as lean,
               count(*) filter (v.section = 'stretch') as stretches, count(distinct i.source) as sources
        from verdicts v join scores s using (item_id) join items i using (item_id)
        where v.kept group by v.period order by v.period
        """,
    ),
    "envelope-share": (
        "the envelope's share by month, of all works and of those kept",
        """
        select strftime(issues.ends_at, '%Y-%m') as month, count(*) as works,
               round(avg((lean >= 0.5)::integer), 2) as envelope,
               round(avg((lean >= 0.5)::integer) filter (verdicts.kept), 2) as envelope_of_kept
        from verdicts join issues using (period) join scores using (item_id) group by month order by month
        """,
    ),
    "duplicates": (
        "works that came from several sources, the most widespread first",
        """
        select title, item_count, sources, first_seen_at, work_id from works
        where len(sources) > 1 order by len(sources) desc, item_count desc, first_seen_at desc limit 50
        """,
    ),
    "first": (
        "who brings shared works first: where one was seen before any other source had it",
        """
        with brought as (
            select work_id, source, min(first_seen_at) as seen_at from items group by work_id, source
        ), earliest as (
            select work_id, source from brought
            qualify seen_at = min(seen_at) over (partition by work_id) and count(*) over (partition by work_id) > 1
                and count(*) over (partition by work_id, seen_at) = 1
        )
        select source, count(*) as works_first_here from earliest group by source order by 2 desc, 1
        """,
    ),
    "slowest": (
        "the sources that keep a round of fetching waiting",
        """
        select source, count(*) as visits, round(median(milliseconds)) as median_ms, max(milliseconds) as longest_ms,
               sum(bytes) // 1000 as kilobytes
        from fetches group by source order by median_ms desc limit 20
        """,
    ),
    "failing": (
        "the sources that failed lately, and how often",
        """
        select source, count(*) as visits, count(*) filter (outcome = 'error') as errors,
               arg_max(error, started_at) filter (outcome = 'error') as last_error
        from fetches where started_at > (select max(started_at) from fetches) - interval 14 days
        group by source having errors > 0 order by errors desc
        """,
    ),
    "politeness": (
        "how often a source was asked in vain, and how much came over the wire",
        """
        select source, count(*) as visits, count(*) filter (outcome = 'new') as with_news,
               count(*) filter (outcome = 'not_modified') as not_modified,
               count(*) filter (not conditional) as unconditional, sum(bytes) // 1000 as kilobytes
        from fetches group by source order by visits desc
        """,
    ),
    "silent": (
        "active sources without anything new for a month",
        """
        select source, max(first_seen_at) as last_item, seen, kept, last_error
        from sources left join items using (source) where active
        group by source, seen, kept, last_error
        having coalesce(last_item, '1970-01-01') < (select max(started_at) from fetches) - interval 30 days
        order by last_item nulls first
        """,
    ),
    "authors": (
        "whose works were kept or marked most",
        """
        with told as (select item_id from picks union select item_id from marks where mark <> 'dislike')
        select author, count(*) as works from (select unnest(authors) as author from items semi join told using (item_id))
        group by author order by works desc, author limit 30
        """,
    ),
    "saved": (
        "what I marked to come back to, and have not marked as read",
        """
        select marked_at, title, source, words, url, item_id from marks join items using (item_id)
        where mark = 'save' and item_id not in (select item_id from marks where mark = 'read')
        order by marked_at desc
        """,
    ),
    "unread": (
        "kept in the last eight issues, and neither marked nor read",
        """
        select period, section, title, source, words, url, item_id from picks
        where item_id not in (select item_id from marks)
          and period in (select period from issues order by ends_at desc limit 8)
        order by period desc, rank
        """,
    ),
    "hit-rate": (
        "of what each issue kept, how much was liked, saved or read",
        """
        select p.period, count(distinct p.item_id) as kept,
               count(distinct m.item_id) filter (m.mark in ('like', 'save', 'read')) as welcome,
               count(distinct m.item_id) filter (m.mark = 'dislike') as unwelcome
        from picks p left join marks m using (item_id) group by p.period order by p.period desc
        """,
    ),
    "growing": (
        "words that titles of the last four weeks have more often than before",
        """
        with words as (
            select unnest(core.terms_of(title)) as word, first_seen_at > (select max(first_seen_at) from items)
                   - interval 28 days as lately from items where not backfill
        ), counted as (
            select word, count(*) filter (lately) as lately, count(*) filter (not lately) as before
            from words where length(word) > 2 group by word
        )
        select word, lately, before from counted where lately >= 3
        order by (lately + 1) / (before + 1) desc, lately desc limit 30
        """,
    ),
}


def statement(asked: str, own: dict[str, str]) -> str:
    """The SQL behind a name, the learner's own before ours; anything else is SQL already."""
    if asked in own:
        return own[asked]
    return QUERIES[asked][1] if asked in QUERIES else asked
