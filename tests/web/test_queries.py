"""Named queries and own SQL: tables that lead on, CSV, and bounds."""

import csv
import io
import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.workflows import asking


def error_on(page: str) -> str:
    [told] = re.findall(r'role="alert" dir="auto">([^<]*)<', page)
    return unescape(told)


def test_all_queries_are_listed(client: TestClient, built: Config) -> None:
    """The learner's own first, with a box for SQL and what can be asked beside it."""
    with (built.folder / "sources.toml").open("a", encoding="utf-8") as file:
        file.write('\n[queries]\nmine = "select 1 as one"\n')
    page = client.get("/queries").text

    assert page.index('href="/queries/mine"') < page.index('href="/queries/yield"')
    assert "what each source published" in page
    assert 'name="sql"' in page
    assert "interval_minutes" in page


def test_a_named_query_shows_its_answer(client: TestClient) -> None:
    """Works and issues are links, moments are in the learner's zone, and its SQL can be changed."""
    page = client.get("/queries/near-misses").text

    assert re.search(r'<a href="/items/[0-9a-z]{10}">', page)
    assert '<a href="/issues/2026-W47">2026-W47</a>' in page
    assert 'href="/queries/near-misses.csv" download' in page
    assert "qualify row_number()" in page
    assert client.get("/queries/near-miss").status_code == 404


def test_csv_is_the_whole_answer(client: TestClient) -> None:
    """As `digest query --format csv` prints it."""
    for path in ("/queries/yield.csv", "/queries.csv?sql=select+source,+kind+from+sources"):
        answer = client.get(path)
        rows = list(csv.reader(io.StringIO(answer.text)))

        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert rows[0][0] == "source"
        assert len(rows) > 3
    assert client.get("/queries.csv?sql=selec").status_code == 400


def test_own_sql_is_asked(client: TestClient) -> None:
    """Texts are shown as texts; numbers stand to the right."""
    sql = "select '<b>x</b>' as a, 1/3 as b, timestamp '2026-07-01 12:00' as c, null as d"
    page = client.get("/queries", params={"sql": sql}).text

    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert '<td class="number" dir="auto">0.3333</td>' in page
    assert "1 Jul 2026, " in page
    assert "1 row." in page


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", "syntax error"),
        ("select titel from items", "titel"),
        ("delete from core.items", "only SELECT"),
        ("select * from read_csv('/etc/passwd')", "out of reach"),
        ("nope", "there is no query named 'nope'"),
        ("select 1" + " " * 30_000, "more than 20,000 characters"),
    ],
)
def test_a_problem_stands_beside_the_box(client: TestClient, sql: str, said: str) -> None:
    """In one line, with the statement still in the box."""
    answer = client.get("/queries", params={"sql": sql})

    assert answer.status_code == 400
    assert said in error_on(answer.text)
    assert sql.strip()[:20] in unescape(answer.text)


def test_a_long_answer_is_cut(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """By rows or by bytes, and says that there is more."""
    monkeypatch.setattr(asking, "MOST_ROWS", 5)
    page = client.get("/queries", params={"sql": "select range as n from range(100)"}).text
    assert "More than 5 rows" in page
    assert page.count("<tr>") == 6

    monkeypatch.setattr(asking, "_MOST_BYTES", 2_000)
    found = asking.ask(client.app.state.site.config_path, "default", "select repeat('é', 500) as t from range(100)")  # type: ignore[attr-defined]
    assert found.more
    assert 0 < len(found.rows) < 5
    assert set(map(len, (row[0] for row in found.rows))) == {500}


def test_a_query_that_takes_too_long_is_ended(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the page says so."""
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    sql = "select sum(a.range * b.range) from range(1000000) a, range(1000000) b"

    assert "it took longer than 0.2 s" in error_on(client.get("/queries", params={"sql": sql}).text)


def test_few_queries_run_at_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes a processor and memory of its own."""
    monkeypatch.setattr(asking, "_PATIENCE", 0.01)
    for _ in range(2):
        assert asking._AT_ONCE.acquire(blocking=False)
    try:
        assert "other queries are running" in error_on(client.get("/queries?sql=select+1").text)
    finally:
        for _ in range(2):
            asking._AT_ONCE.release()
    assert client.get("/queries?sql=select+1").status_code == 200
