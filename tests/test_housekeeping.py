"""Front ends' own prompts, as they send them, and questions that only look a little like them."""

import json

import pytest

from api.housekeeping import housekeeping_reply

HISTORY = """
### Chat History:
<chat_history>
USER: 谁被任命为副市长?
ASSISTANT: 李新建 [1]
USER: 那免去了谁?
</chat_history>"""
TITLE = """### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Guidelines:
- The output must be a single, raw JSON object, without any markdown code fences.
### Output:
JSON format: { "title": "your concise title here" }
### Examples:
- { "title": "📉 Stock Market Trends" },
"""
TAGS = '### Task:\nGenerate 1-3 broad tags.\n### Output:\nJSON format: { "tags": ["tag1", "tag2", "tag3"] }\n'
FOLLOW_UPS = (
    '### Task:\nSuggest questions.\n### Output:\nJSON format: { "follow_ups": ["Question 1?", "Question 2?"] }\n'
)
QUERIES = '### Task:\nGenerate queries.\n- respond in the format: { "queries": ["query1", "query2"] }, distinct.\n'
COMPLETION = '### Task:\nContinue the text in `<text>`.\n### Output:\n{ "text": "<completion>" }\n'


@pytest.mark.parametrize(
    ("instruction", "reply"),
    [
        (TITLE, {"title": "谁被任命为副市长?"}),
        (TAGS, {"tags": []}),
        (FOLLOW_UPS, {"follow_ups": []}),
        (QUERIES, {"queries": []}),
        (COMPLETION, {"text": ""}),
    ],
)
def test_open_webuis_prompts_are_replied_to_in_their_own_form(instruction: str, reply: object) -> None:
    assert json.loads(housekeeping_reply(instruction + HISTORY) or "null") == reply


@pytest.mark.parametrize(
    "message",
    [
        (
            "Provide a concise, 5-word-or-less title for the conversation, using title case conventions. "
            "Only return the title itself.\n\nConversation:\nUser: 谁被任命为副市长?\nAI: 李新建 [1]"
        ),
        (
            "Analyze this conversation and provide:\n1. The detected language\n2. A concise title\n\n"
            "User: 谁被任命为副市长?\nAI: 李新建"
        ),
        '||>User:\n"谁被任命为副市长?"\n||>Response:\n"李新建"\n\nPlease generate a concise, 5-word-or-less title.',
    ],
)
def test_librechats_titles_are_the_first_question(message: str) -> None:
    assert housekeeping_reply(message) == "谁被任命为副市长?"


def test_a_title_is_one_short_line() -> None:
    said = "谁在会上\n" * 30
    title = housekeeping_reply(f"A title, please.\n\nUser: {said}\nAI: 甲")
    assert title
    assert len(title) == 40
    assert "\n" not in title


@pytest.mark.parametrize(
    "question",
    [
        "谁被任命为副市长?",
        "What is the title of the article by User: Li?",
        "Which task did the meeting set? ### Task:",
        '### Task:\nRespond to the user query using the provided context.\n<context>{ "a": "b" }</context>\n谁?',
        "What does <chat_history> mean?",
        "",
    ],
)
def test_a_question_is_none(question: str) -> None:
    assert housekeeping_reply(question) is None


@pytest.mark.parametrize("size", [10, 100_000])
def test_hostile_prompts_take_no_time(size: int) -> None:
    for message in ("<chat_history>" * size, "x\nUser: " * size, '{ "a": "' * size, "||>User:\n" * size):
        assert housekeeping_reply(message) is None
