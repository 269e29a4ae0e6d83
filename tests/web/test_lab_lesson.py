"""The lesson for teachers asks the questions of the page."""

import re

from tests.conftest import HERE


def test_the_lesson_has_each_question_in_the_words_of_the_page() -> None:
    page = (HERE / "static/js/lab/questions.js").read_text("utf-8")
    lesson = (HERE / "docs/lesson.md").read_text("utf-8")
    questions = re.findall(r'^ +question: "(.+)",$', page, re.MULTILINE)
    assert len(questions) == 8
    titles = [f"**Question {number}. {text}**" for number, text in enumerate(questions, 1)]
    assert [title for title in titles if title not in lesson] == []
