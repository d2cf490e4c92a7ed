"""Days as a paper names them, against its date."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.days import anchor, resolve_day


@pytest.mark.parametrize(
    ("words", "published", "date"),
    [
        ("今日", "2021-10-14", "2021-10-14"),
        ("前天", "2021-03-01", "2021-02-27"),
        ("明日", "2021-12-31", "2022-01-01"),
        ("14日", "2021-10-14", "2021-10-14"),
        ("15日", "2021-10-14", "2021-09-15"),
        ("３０日", "2021-03-02", "2021-01-30"),
        ("29日", "2021-03-02", "2021-01-29"),
        ("29日", "2024-03-02", "2024-02-29"),
        ("10月20日", "2021-10-14", "2021-10-20"),
        ("12月20日", "2021-10-14", "2020-12-20"),
        ("1月5日", "2021-12-20", "2022-01-05"),
        ("今年12月20日", "2021-10-14", "2021-12-20"),
        ("2019年5月1日", "2021-10-14", "2019-05-01"),
        ("上月30日", "2021-03-02", None),
        ("上个月28日", "2021-01-02", "2020-12-28"),
        ("本月20日", "2021-10-14", "2021-10-20"),
        ("13月1日", "2021-10-14", None),
        ("0日", "2021-10-14", None),
        ("今年8日", "2021-10-14", None),
        ("近日", "2021-10-14", None),
        ("1月1日", "9999-12-31", "9999-01-01"),
        ("昨日下午", "2021-10-14", "2021-10-13"),
        ("10月8日上午", "2021-10-14", "2021-10-08"),
        ("8日晚", "2021-10-14", "2021-10-08"),
        ("上午", "2021-10-14", None),
        ("昨日重现", "2021-10-14", None),
        ("上周五", "2021-03-02", "2021-02-26"),
        ("本周四", "2021-03-02", "2021-03-04"),
        ("这个星期天", "2021-03-02", "2021-03-07"),
        ("下周一上午", "2021-03-07", "2021-03-08"),
        ("上週五", "2021-03-02", "2021-02-26"),
        ("上上周日", "2021-03-02", "2021-02-21"),
        ("周五", "2021-03-02", None),
        ("上周", "2021-03-02", None),
        ("上月二十六日", "2021-03-02", "2021-02-26"),
        ("二〇二一年二月十日", "2021-03-02", "2021-02-10"),
        ("上月三十日", "2021-03-02", None),
        ("本月5日至7日", "2021-03-02", "2021-03-05/2021-03-07"),
        ("本月五日至七日", "2021-03-02", "2021-03-05/2021-03-07"),
        ("5至7日", "2021-03-08", "2021-03-05/2021-03-07"),
        ("5日—7日", "2021-03-06", "2021-03-05/2021-03-07"),
        ("2月27日至3月2日", "2021-03-02", "2021-02-27/2021-03-02"),
        ("12月30日～1月2日", "2021-01-05", "2020-12-30/2021-01-02"),
        ("28日至3日", "2021-03-05", "2021-02-28/2021-03-03"),
        ("2月30日至3月2日", "2021-03-02", None),
        ("1月5日至12月2日", "2021-03-02", None),
        ("yesterday", "2021-03-02", "2021-03-01"),
        ("Yesterday afternoon", "2021-03-02", "2021-03-01"),
        ("last night", "2021-03-02", "2021-03-01"),
        ("last Friday", "2021-03-02", "2021-02-26"),
        ("last Monday", "2021-03-02", None),  # the day before, or a week before that
        ("this Thursday", "2021-03-02", "2021-03-04"),
        ("next Monday", "2021-03-02", "2021-03-08"),
        ("next Thursday", "2021-03-02", None),
        ("on Monday", "2021-03-02", None),
        ("March 5", "2021-03-02", "2021-03-05"),
        ("5 March 2020", "2021-03-02", "2020-03-05"),
        ("Dec. 30th", "2021-03-02", "2020-12-30"),
        ("February 30", "2021-03-02", None),
        ("明日", "9999-12-31", None),
    ],
)
def test_days(words: str, published: str, date: str | None) -> None:
    assert resolve_day(words, published) == date


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)), st.integers(1, 31))
def test_a_bare_day_is_the_last_such_day(published: datetime.date, day: int) -> None:
    past = (published - datetime.timedelta(days=back) for back in range(365))
    expected = next(date for date in past if date.day == day)
    assert resolve_day(f"{day}日", published.isoformat()) == expected.isoformat()


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("The ferry reopened on Friday.", "2021-02-26"),
        ("The ferry will reopen on Friday.", "2021-03-05"),
        ("The captain said that the ferry will reopen on Friday.", None),
        ("Friday", None),
    ],
)
def test_a_weekday_is_told_by_the_tense_of_its_sentence(sentence: str, day: str | None) -> None:
    assert resolve_day("on Friday", "2021-03-02", sentence) == day
    assert resolve_day("Tuesday", "2021-03-02", sentence.replace("Friday", "Tuesday")) is None


@pytest.mark.parametrize(
    ("before", "published", "date"),
    [
        ("新华社榆溪2月20日电（记者 卞若虚）渡口文物展", "2021-03-02", "2021-02-20"),
        ("# 渡口文物展开幕\n\n新华社榆溪２月２０日电 渡口文物展", "2021-03-02", "2021-02-20"),
        ("# 渡口文物展开幕\n\n新华社榆溪20日电 渡口文物展", "2021-03-02", "2021-02-20"),
        ("<p>中新网榆溪2月20日电 渡口", "2021-03-02", "2021-02-20"),
        ("新华社榆溪2020年12月30日电 渡口", None, "2020-12-30"),
        ("新华社榆溪12月30日电 渡口", "2021-01-02", "2020-12-30"),
        ("本报石门2月20日讯\n甲。\n本报双桥2月28日讯 乙", "2021-03-02", "2021-02-28"),
        ("新华社榆溪9月20日电 渡口", "2021-03-02", "2021-03-02"),  # too long ago
        ("记者从会议上获悉，据新华社2月20日电，渡口", "2021-03-02", "2021-03-02"),
        ("新华社榆溪2月20日电", None, None),
        ("渡口", "2021-03-02", "2021-03-02"),
        ("渡口", None, None),
        ("新华社2021年2月30日电", "2021-03-02", "2021-03-02"),
    ],
)
def test_days_are_counted_from_the_dateline(before: str, published: str | None, date: str | None) -> None:
    assert anchor(before, published) == date


@given(st.text(max_size=40), st.dates())
def test_any_words_are_looked_at(words: str, published: datetime.date) -> None:
    day = resolve_day(words, published.isoformat(), words)
    assert day is None or all(datetime.date.fromisoformat(one) for one in day.split("/"))
    assert anchor(words, published.isoformat()) is not None
