"""The page by keyboard alone, in a real browser: the way of Tab, the keys, and marks that leave the focus where it was."""

import pytest

from digest.config import Config
from digest.store import marks
from digest.store.archive import open_archive
from tests.web.chromium import OpenTab, Tab, filled

pytestmark = pytest.mark.slow

MARKS = {"l": "like", "d": "dislike", "s": "save", "r": "read"}


@pytest.fixture(name="tab")
def _tab(open_tab: OpenTab) -> Tab:
    """The newest issue, in a signed-in browser."""
    tab = open_tab()
    tab.go("/")
    return tab


def marks_of(config: Config, item_id: str) -> tuple[str, ...]:
    with open_archive(config.archive, read_only=True) as db:
        return marks.standing(db).get(item_id, ())


def picks(tab: Tab) -> list[str]:
    """The ids of the works on the page, from the top."""
    found: list[str] = tab.page.eval_on_selector_all("[data-item]", "all => all.map(one => one.dataset.item)")
    return found


def current(tab: Tab) -> str | None:
    """The id of the work that has the focus or holds what has it."""
    found: str | None = tab.page.evaluate("document.activeElement.closest('[data-item]')?.dataset.item ?? null")
    return found


def told(tab: Tab, words: str) -> None:
    """Wait until the toast says so, in a region that screen readers announce."""
    tab.page.locator("[role=status]", has_text=words).wait_for(timeout=5_000)


class TestTab:
    def test_it_begins_with_a_way_past_the_navigation(self, tab: Tab) -> None:
        """The first stop is the link to the page itself, and following it leaves the navigation behind."""
        tab.page.keyboard.press("Tab")
        assert tab.focused("className") == "skip"
        assert tab.page.locator(".skip").is_visible()

        tab.page.keyboard.press("Enter")
        assert tab.focused("id") == "main"

    def test_it_reaches_navigation_titles_and_marks_in_the_order_of_the_page(self, tab: Tab) -> None:
        """And each stop can be seen: it has an outline."""
        stops, unseen = [], []
        for _ in range(60):
            tab.page.keyboard.press("Tab")
            stops.append(tab.focused("outerHTML")[:160])
            style = tab.page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.boxShadow]; }"
            )
            if style == ["none", "none"]:
                unseen.append(stops[-1])
            if 'data-mark="read"' in stops[-1]:
                break
        kinds = ('href="/issues"', 'type="search"', "http", 'data-mark="like"', 'data-mark="read"')
        places = [next((at for at, stop in enumerate(stops) if kind in stop), -1) for kind in kinds]

        assert -1 not in places
        assert places == sorted(places)
        assert unseen == []

    def test_a_mark_keeps_the_focus(self, tab: Tab, built: Config) -> None:
        """The button that was pressed still has it when the archive has answered."""
        first = picks(tab)[0]
        tab.page.locator(f'form[data-marks="{first}"] [data-mark="save"]').focus()
        tab.page.keyboard.press("Space")
        told(tab, "Marked: save")

        assert tab.focused("dataset.mark") == "save"
        assert current(tab) == first
        assert tab.focused("ariaPressed") == "true"
        assert marks_of(built, first) == ("save",)


class TestKeys:
    def test_j_and_k_move_from_work_to_work(self, tab: Tab) -> None:
        """And stay at the ends; what they reach can be seen."""
        tab.page.emulate_media(reduced_motion="reduce")  # no scrolling that takes its time
        all_works, seen = picks(tab), []
        for key in ("k", "j", "j", "j", "k"):
            tab.page.keyboard.press(key)
            seen.append(current(tab))
            assert tab.page.evaluate("document.activeElement.getBoundingClientRect().top < innerHeight")
        assert seen == [all_works[place] for place in (0, 1, 2, 3, 2)]

        for _ in all_works:
            tab.page.keyboard.press("j")
        assert current(tab) == all_works[-1]

    @pytest.mark.parametrize("key", MARKS)
    def test_a_key_marks_the_work_and_u_takes_it_back(self, tab: Tab, built: Config, key: str) -> None:
        """The focus stays, the toast says it, and the archive has it."""
        tab.page.keyboard.press("j")
        here = current(tab)
        assert here is not None

        tab.page.keyboard.press(key)
        told(tab, f"Marked: {MARKS[key]}")
        assert tab.pressed(here) == [MARKS[key]]
        assert marks_of(built, here) == (MARKS[key],)
        assert current(tab) == here

        tab.page.keyboard.press("u")
        told(tab, "Undone")
        assert tab.pressed(here) == []
        assert marks_of(built, here) == ()
        assert current(tab) == here

    def test_undo_brings_back_what_a_mark_replaced(self, tab: Tab, built: Config) -> None:
        """A like that a dislike replaced holds again."""
        first = picks(tab)[0]
        tab.page.keyboard.press("j")
        for key, kind in (("l", "like"), ("d", "dislike")):
            tab.page.keyboard.press(key)
            told(tab, f"Marked: {kind}")
        assert marks_of(built, first) == ("dislike",)

        tab.page.get_by_role("button", name="Undo").focus()
        tab.page.keyboard.press("Enter")
        told(tab, "Undone")
        assert current(tab) == first
        assert tab.pressed(first) == ["like"]
        assert marks_of(built, first) == ("like",)

    def test_a_hasty_reader_gets_what_they_pressed_last(self, tab: Tab, built: Config) -> None:
        """Keys pressed faster than the archive answers are carried out in their order."""
        first = picks(tab)[0]
        tab.page.keyboard.press("j")
        with tab.page.expect_response(lambda answer: answer.request.post_data == "mark=save&undo=1", timeout=10_000):
            for key in "ldlsrldrs":
                tab.page.keyboard.press(key)

        assert set(tab.pressed(first)) == set(marks_of(built, first)) == {"dislike"}

    def test_o_and_e_open_the_work_and_its_evidence(self, tab: Tab) -> None:
        """The one leaves for the work's own address, the other shows what is known of it."""
        tab.page.keyboard.press("j")
        first = current(tab)
        address = tab.page.locator(f'[data-item="{first}"] h3 a').first.get_attribute("href")
        tab.page.keyboard.press("e")
        tab.page.wait_for_url(f"**/items/{first}")

        tab.go("/")
        tab.left_for.clear()
        tab.page.keyboard.press("j")
        tab.page.keyboard.press("o")
        tab.page.wait_for_timeout(300)
        assert tab.left_for[:1] == [address]

    def test_slash_searches(self, tab: Tab) -> None:
        """And what is typed there is no key."""
        tab.page.keyboard.press("/")
        assert tab.focused("name") == "q"

        tab.page.keyboard.type("jl?u")
        assert tab.focused("value") == "jl?u"
        assert tab.page.locator("dialog[open]").count() == 0

    def test_question_mark_lists_the_keys(self, tab: Tab) -> None:
        """Every key of the script is on the list; Escape closes it, and the focus is where it was."""
        tab.page.keyboard.press("j")
        here = current(tab)
        tab.page.keyboard.press("?")
        listed = tab.page.locator("dialog[open] kbd").all_inner_texts()
        assert sorted(listed) == sorted("jkoeldsru/?")

        tab.page.keyboard.press("Escape")
        assert tab.page.locator("dialog[open]").count() == 0
        assert current(tab) == here

    def test_they_leave_the_browsers_own_keys_alone(self, tab: Tab, built: Config) -> None:
        """With Ctrl, Alt or the system's key held, a letter is the browser's."""
        tab.page.keyboard.press("j")
        here = current(tab)
        assert here is not None
        for held in ("Control", "Alt", "Meta"):
            tab.page.keyboard.press(f"{held}+l")
        tab.page.wait_for_timeout(200)

        assert marks_of(built, here) == ()

    def test_they_can_be_switched_off_and_stay_off(self, tab: Tab) -> None:
        """In this browser, on every page; the list of keys still opens, to switch them on again."""
        tab.page.keyboard.press("?")
        tab.page.get_by_label("Switch the keys off").check()
        tab.page.keyboard.press("Escape")
        for path in ("/", "/issues/{period}/works"):
            tab.go(path.replace("{period}", _period(tab)))
            tab.page.keyboard.press("j")
            assert current(tab) is None

        tab.page.keyboard.press("?")
        tab.page.get_by_label("Switch the keys off").uncheck()
        tab.page.keyboard.press("Escape")
        tab.page.locator("[data-keys]").wait_for(state="hidden")
        tab.page.keyboard.press("j")
        assert current(tab) is not None


def _period(tab: Tab) -> str:
    link = tab.page.locator('a[href$="/works"]').first.get_attribute("href") or ""
    return link.split("/")[2]


class TestWhatIsAnnounced:
    def test_a_mark_that_failed(self, tab: Tab) -> None:
        """It says so, and the button shows what holds."""
        first = picks(tab)[0]
        tab.page.route("**/marks", lambda route: route.abort())
        tab.page.keyboard.press("j")
        tab.page.keyboard.press("l")
        told(tab, "Not marked")

        assert tab.pressed(first) == []

    def test_the_toast_stands_in_a_region_that_was_there_before(self, tab: Tab) -> None:
        """A live region is only heard if it was part of the page when its words came."""
        region = tab.page.locator("[data-toasts]")

        assert region.get_attribute("role") == "status"
        assert region.inner_text() == ""


class TestWithoutScript:
    def test_a_mark_is_a_form(self, open_tab: OpenTab, built: Config) -> None:
        """It comes back to the same work, says what was done, and can be undone."""
        tab = open_tab(script=False)
        tab.go("/")
        item = filled("{item:path}", built)
        tab.page.locator(f'form[data-marks="{item}"] button[value="save"]').click()
        told(tab, "Marked: save")
        assert tab.page.url.endswith(f"#item-{item}")
        assert tab.page.locator(f"#item-{item}").count() == 1
        assert marks_of(built, item) == ("save",)
        assert tab.pressed(item) == ["save"]

        tab.page.get_by_role("button", name="Undo").click()
        told(tab, "Taken back: save")
        assert marks_of(built, item) == ()
