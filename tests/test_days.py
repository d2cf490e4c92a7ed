"""Days as a paper names them, against its date."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.days import resolve_day


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
    ],
)
def test_days(words: str, published: str, date: str | None) -> None:
    assert resolve_day(words, published) == date


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)), st.integers(1, 31))
def test_a_bare_day_is_the_last_such_day(published: datetime.date, day: int) -> None:
    past = (published - datetime.timedelta(days=back) for back in range(365))
    expected = next(date for date in past if date.day == day)
    assert resolve_day(f"{day}日", published.isoformat()) == expected.isoformat()
