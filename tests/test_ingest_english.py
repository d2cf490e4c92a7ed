"""English pages: mastheads, headlines, bylines and datelines of each article."""

import pytest

from qa.answer.citations import cite
from qa.ingest import segment
from qa.ingest.bylines import is_byline, is_credit, is_dateline
from qa.ingest.dates import full_date, is_date_line
from qa.ingest.masthead import is_of_head, is_strong, read_masthead
from qa.types import Span
from tests.ingest_oracle import document, verify

PAGE = """THE HARBIN DAILY
Wednesday, October 5, 2022    No. 12,345    Page 3

Mayor Opens New Bridge Over Songhua River
By Jane Doe
Staff Reporter
HARBIN, Oct. 3 (Xinhua) -- The mayor opened a new bridge over the Songhua
river on Monday. It cost 320 million yuan and took four years to build.
About 4,000 people came to the ceremony in spite of the rain.

Museum to close for two years while
roof is repaired
By John Smith and Mary Roe, Staff Writers
The city museum will close in November, its director Li Ping said yesterday.
The roof has leaked since 2019. Visitors can see the ice lanterns in the old
railway station instead.

Farmers welcome early frost
LONDON (Reuters) - Farmers in Kent have welcomed an early frost, which
makes their apples sweeter. Prices rose by four percent.
"""


def test_the_articles_of_a_page() -> None:
    page = document(PAGE)
    found = segment(page)
    verify(page, found)
    assert [(one.title, one.byline, one.date) for one in found.articles] == [
        ("Mayor Opens New Bridge Over Songhua River", "By Jane Doe", "2022-10-03"),
        (
            "Museum to close for two years while roof is repaired",
            "By John Smith and Mary Roe, Staff Writers",
            "2022-10-05",
        ),
        ("Farmers welcome early frost", None, "2022-10-05"),
    ]
    assert {(one.publication, one.page) for one in found.articles} == {("THE HARBIN DAILY", "3")}


OLD = """Port Elgin Gazette — Tuesday, March 4, 1952 — Page Two

FIRE DESTROYS THREE SHOPS ON MAIN STREET

A fire that broke out in the bakery of Mr. Otto Brandt destroyed three shops early yesterday.

MAYOR OPENS NEW BRIDGE

By HENRY COLE
Gazette Staff Writer

Mayor Clay opened the new bridge over the Elgin River on Monday before a crowd of 2,000.

BRIEFS

The Ladies' Aid will meet Thursday at the home of Mrs. A. Cole.
"""


def test_headlines_in_capitals_without_credits() -> None:
    found = segment(document(OLD))
    verify(document(OLD), found)
    assert [(one.title, one.byline, one.date, one.page) for one in found.articles] == [
        ("FIRE DESTROYS THREE SHOPS ON MAIN STREET", None, "1952-03-04", "2"),
        ("MAYOR OPENS NEW BRIDGE", "By HENRY COLE", "1952-03-04", "2"),
        ("BRIEFS", None, "1952-03-04", "2"),
    ]


def test_a_headline_in_capitals_below_the_head_of_a_page_is_a_title() -> None:
    page = "The Daily Courier\nMonday, June 12, 1989\n\nFERRY SERVICE RESUMES\n\nBy JANE HOLT\n\nThe ferry resumed.\n"
    (article,) = segment(document(page)).articles
    assert (article.title, article.publication) == ("FERRY SERVICE RESUMES", "The Daily Courier")


def test_names_behind_a_dash_sign_what_is_above() -> None:
    head = "The Valley Record\nFriday, May 9, 1975  Page 5\n\n"
    first = "Council Votes to Widen Route 9\n\nThe council voted last night to widen Route 9.\n\n-- Ellen Frost\n\n"
    second = "School Lunch Prices to Rise\n\nLunches will cost 45 cents, the board decided.\n\n— Dan Webb\n"
    page = head + first + second
    assert [(one.title, one.byline) for one in segment(document(page)).articles] == [
        ("Council Votes to Widen Route 9", "Ellen Frost"),
        ("School Lunch Prices to Rise", "Dan Webb"),
    ]


def test_a_byline_with_the_date() -> None:
    page = "Ferry service resumes\n\nBy Jane Holt | October 8, 2022\n\nThe ferry resumed service yesterday, it said.\n"
    (article,) = segment(document(page)).articles
    assert (article.title, article.byline, article.date) == ("Ferry service resumes", "By Jane Holt", "2022-10-08")


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Jane Doe", True),
        ("BY JANE DOE", True),
        ("By Jane Doe and Mary van Dyke", True),
        ("By Jane Doe, Staff Writer", True),
        ("By Jane Doe | China Daily", True),
        ("By a Staff Reporter", True),
        ("Jane Doe, Staff Correspondent", True),
        ("Staff Reporter", True),
        ("By Monday the river had risen", False),
        ("By the river stood a staff reporter", False),
        ("Staff reporters gathered", False),
    ],
)
def test_a_byline(line: str, byline: bool) -> None:
    assert (is_credit(line), is_byline(line)) == (byline, byline)


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("HARBIN, Oct. 3 (Xinhua) -- A bridge opened.", True),
        ("NEW YORK, N.Y. (AP) — A bridge opened.", True),
        ("LONDON (Reuters) - Shares fell.", True),
        ("BEIJING — Shares fell.", True),
        ("US-based firms fell.", False),
        ("The NATO (North Atlantic) - said", False),
        ("IT - what it can do", False),
        ("NEW YORK — Shares fell.", True),
        ("BRAUN. - On May 2, at Millbrook, a daughter.", False),
        ("HOLT — see under Braun", True),
        ("HOLT. — On May 2, a son.", False),
        ("SWIM - Two lessons a week.", False),
    ],
)
def test_a_dateline(line: str, opens: bool) -> None:
    assert is_dateline(line) is opens


def test_dates_and_heads() -> None:
    assert full_date("Saturday, 3rd Dec 2022") == "2022-12-03"
    assert full_date("February 30, 2022") is None
    assert full_date("May 2022") is None
    assert is_date_line("Wednesday, October 5, 2022")
    assert not is_date_line("By October 5, 2022")
    assert is_strong("Wednesday, October 5, 2022 Late Edition")
    assert not is_of_head("The mayor opened the bridge on October 5, 2022")
    head = read_masthead(["The Evening Post  Page A4", "Friday, 1 April 2022"])
    assert (head.publication, head.date, head.page) == ("The Evening Post", "2022-04-01", "A4")


LATE = """THE PORTSEA EVENING POST-EXAMINER

FRIDAY, JUNE 11, 1965     LATE HOME EDITION     TOWN AND COUNTY     PAGE 5

Newsroom 555-0101   Want Ads 555-0177   Single copy 5 cents

PIER TO STAY SHUT;
DIVERS FIND NEW CRACKS

By Edith Marlow
Post-Examiner Staff Writer

PORTSEA, June 10 — The pier will stay shut through the summer after divers found
cracks in eleven of its piles.

COUNCIL NAMES CLERK

PORTSEA, June 10 — Arthur Bly was named town clerk on Thursday by five votes to two.
"""


def test_a_head_in_fields_and_a_headline_in_decks() -> None:
    page = document(LATE)
    found = segment(page)
    verify(page, found)
    assert [(one.title, one.byline, one.date, one.page) for one in found.articles] == [
        ("PIER TO STAY SHUT; DIVERS FIND NEW CRACKS", "By Edith Marlow", "1965-06-10", "5"),
        ("COUNCIL NAMES CLERK", None, "1965-06-10", "5"),
    ]
    assert {one.publication for one in found.articles} == {"THE PORTSEA EVENING POST-EXAMINER"}


@pytest.mark.parametrize(
    "line",
    [
        "On Monday, October 3, 2022 the council of the river towns opened its bridge",
        "The subscription of 40 cents was paid on June 11, 1965 by the whole club",
        "Circulation of the blood was explained to page 3 of the class",
    ],
)
def test_a_line_of_an_article_heads_no_page(line: str) -> None:
    assert not is_strong(line)
    assert not is_of_head(line)


RUNNING = """THE FEN & WASH CHRONICLE                    Thursday, 9 May 1985
COUNTY                                                        11

Sluice keeper retires

Mr Walter Hubbard, who has kept the sluice at Denny for forty years, retires
on Friday. A supper will be held for him at the Plough.

THE FEN & WASH CHRONICLE                    Thursday, 9 May 1985
12                                              Farm & Garden

Late frosts harm plums

Growers at Denny have lost a third of their plums to the frosts of last week,
and expect to lose more. Prices may double by August.

Plums, lb.                                                    40p
"""


def test_running_heads_number_their_pages_on_a_line_of_their_own() -> None:
    page = document(RUNNING)
    found = segment(page)
    verify(page, found)
    assert [(one.title, one.page, one.publication) for one in found.articles] == [
        ("Sluice keeper retires", "11", "THE FEN & WASH CHRONICLE"),
        ("Late frosts harm plums", "12", "THE FEN & WASH CHRONICLE"),
    ]
    assert found.chunks[-1].text.endswith("Plums, lb. 40p")


def test_a_headline_below_a_running_head_may_end_with_a_number() -> None:
    page = document(RUNNING.replace("Sluice keeper retires", "FLOOD KILLS 11"))
    assert [one.title for one in segment(page).articles] == ["FLOOD KILLS 11", "Late frosts harm plums"]


STOPS = """THE CALDER POST, SATURDAY, MARCH 3, 1923.

TRAM OFF THE RAILS.
———
NOBODY HURT AT KING CROSS.
———
A tram from Halifax left the rails at King Cross on Thursday evening with
forty people in it, none of whom was hurt. The line was clear by ten o'clock.

BIRTHS.

KAYE. - Feb. 27th, at Well Head, the wife of J. W. Kaye, of a daughter.

MARKETS.

Halifax, Saturday. - Eggs, 9 for 1s.; butter, 1s. 10d. per lb.; celery, 3d.
"""


def test_headlines_of_old_papers_end_with_a_full_stop() -> None:
    page = document(STOPS)
    found = segment(page)
    verify(page, found)
    assert [one.title for one in found.articles] == [
        "TRAM OFF THE RAILS. NOBODY HURT AT KING CROSS.",
        "BIRTHS.",
        "MARKETS.",
    ]
    assert [page.text[start:end] for start, end in found.outside][-2:] == ["———", "———"]


HYPHENATED = """\
THE MILLBROOK STAR
Monday, October 3, 2022

Ferry Returns to Gull Point
By NORA FINCH
The ferry came back to Gull Point on Mon-
day after a refit that took the ship-
yard nine weeks, the har-

bour master said, for two-
and three-day trips to the Anglo-
American pier at $40-
a-head. Write to nora@mill-
brook.example about it.
"""


def test_words_that_the_end_of_a_line_parts_are_whole() -> None:
    page = document(HYPHENATED)
    found = segment(page)
    verify(page, found)
    body = found.chunks[0].text.partition("NORA FINCH\n")[2].replace("\n", " ")
    assert body == (
        "The ferry came back to Gull Point on Monday after a refit that took the shipyard nine weeks, the harbour "
        "master said, for two- and three-day trips to the Anglo- American pier at $40- a-head. "
        "Write to nora@mill- brook.example about it."
    )


def test_an_answer_over_a_hyphen_is_cited_as_printed() -> None:
    page = document(HYPHENATED)
    (chunk,) = segment(page).chunks
    start = chunk.text.index("shipyard")
    citation = cite(Span(chunk, start, start + 8, 0.0), document=page, article=segment(page).articles[0])
    assert page.text[citation.answer_start : citation.answer_end] == "ship-\nyard"
    assert citation.quote.startswith("The ferry came back to Gull Point on Mon-\nday after")


@pytest.mark.parametrize(
    "credit",
    [
        "Posted by Nora Finch on March 3, 2021",
        "Posted on March 3, 2021 by Nora Finch",
        "Published: Wednesday, March 3, 2021, 9:15 a.m. | by Nora Finch",
        "Posted on March 3, 2021\nWritten by Nora Finch",
        "by Nora Finch on 3 March 2021",
    ],
)
def test_who_posted_an_article_and_when(credit: str) -> None:
    page = document(f"Ferry returns\n\n{credit}\n\nThe ferry came back to Gull Point on Monday after a long refit.\n")
    found = segment(page)
    verify(page, found)
    (article,) = found.articles
    assert (article.title, article.byline, article.date) == ("Ferry returns", "by Nora Finch", "2021-03-03")
    stamped = "osted" in credit or "ublished" in credit
    assert ("March" in found.chunks[0].text) is not stamped  # no day that the article tells of


def test_a_sentence_on_what_was_posted_is_no_credit() -> None:
    line = "Posted by the harbour master on the wall was a list of March 3, 2021"
    assert not is_credit(line)
    assert not is_date_line("Published on March 3, 2021 by the harbour master")


def test_capitals_over_two_lines_parted_by_a_comma_and_a_page_that_goes_on_elsewhere() -> None:
    page = document(
        "KILN FIRE HURTS TWO,\nIDLES 90 POTTERS\n\nBy ADA MARSH\nStaff Writer\n\nA fire swept through the "
        "Tully kilns Thursday, hurting\ntwo night watchmen, fire officials said.\n\nContinued on Page 8, Col. 1\n\n"
        "NEW LIBRARY HOURS\n"
        "The library will be open until 9 p.m. on weekdays, the librarian\nsaid. It stays closed on Sundays.\n"
    )
    found = segment(page)
    verify(page, found)
    assert [(one.title, one.byline, one.continues_on) for one in found.articles] == [
        ("KILN FIRE HURTS TWO, IDLES 90 POTTERS", "By ADA MARSH", "8"),
        ("NEW LIBRARY HOURS", None, None),
    ]


def test_articles_of_narrow_columns_with_numbers_in_their_lines() -> None:
    page = document(
        "THE TULLY COURIER\nTuesday, May 4, 1971\n\nCOUNCIL TO WIDEN\nMILL BRIDGE\n\nBy RUTH ALDEN\n"
        "The City Council voted 7 to 2\n"
        "to widen the bridge to four\nlanes.\n\n"
        "SCHOOL BOARD PICKS\nNEW CHIEF\n\nBy SAM OKAFOR\n"
        "The Tully School Board on\n"
        "Monday named Eleanor Pratt,\n46, its chief. He is paid 40\nmore than the last one was.\nThe vote was 5 to 0.\n"
    )
    found = segment(page)
    verify(page, found)
    assert [one.title for one in found.articles] == ["COUNCIL TO WIDEN MILL BRIDGE", "SCHOOL BOARD PICKS NEW CHIEF"]


def test_headings_above_bylines_are_titles_whatever_heading_the_paper_s_name_has() -> None:
    page = document(
        "# THE TULLY LEDGER\n\nTODAY: Showers after three, and a high tide at noon, which is late. Sunset at seven.\n\n"
        "## Jetty late\n\nBy ANN LEE\n\nThe jetty will be four months late, the board said.\n\n"
        "## Boat to start\n\nBy BEN ORR\n\nThe late boat starts on Friday.\n"
    )
    assert [one.title for one in segment(page).articles][1:] == ["Jetty late", "Boat to start"]


def test_a_short_sentence_below_a_heading_is_its_article() -> None:
    page = document(
        "## THE RIVER TIMES\n\n## Snow closes roads\n\nNine roads were closed.\n\n## Mayor quits\n\nHe left.\n"
    )
    found = segment(page)
    verify(page, found)
    assert [one.title for one in found.articles] == ["Snow closes roads", "Mayor quits"]


NUMBERED = """4                         THE MARLOW DISPATCH                May 19, 1951

Mill Strike Enters
Third Week
  The strike at the Marlow Woolen
mills went into its third week yes-
terday with no talks scheduled.
  Police Chief Ned Garvey assigned
eight men to the gates.
,. ~ . - __ -

Flower Show
Draws 900
  More than 900 persons visited the
flower show of the Marlow Garden
club Saturday. Mrs. Alden Frye took
first prize for roses.
5                         THE MARLOW DISPATCH                May 19, 1951
Auction
  Saturday, May 26, 10 a.m., at the
Hiram Stokes farm, three miles north
of Marlow on Route 9: 22 cows.
"""


def test_running_heads_that_begin_with_the_number_of_the_page() -> None:
    page = document(NUMBERED)
    found = segment(page)
    verify(page, found)
    assert [(one.title, one.date, one.page, one.publication) for one in found.articles] == [
        ("Mill Strike Enters Third Week", "1951-05-19", "4", "THE MARLOW DISPATCH"),
        ("Flower Show Draws 900", "1951-05-19", "4", "THE MARLOW DISPATCH"),
        ("Auction", "1951-05-19", "5", "THE MARLOW DISPATCH"),
    ]
    assert found.chunks[0].text.endswith("eight men to the gates.")
