"""What a question calls for: triage of all that was said, and whether to ask back first."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering import clarifying, following, triage
from assistant.answering.evidence import Knowledge, Vector, embed_remembered
from assistant.answering.language import is_clearly_not_english
from assistant.answering.rephrasing import list_content
from assistant.answering.sufficiency import is_of_another_domain
from assistant.answering.types import Outcome
from knowledge.retrieval import read_references

# Questions of other domains may only be like these. In so long a story words meet by chance.
LIKE_OTHER_DOMAINS = {Outcome.INDIVIDUAL_ADVICE, Outcome.UNSAFE, Outcome.URGENT}
STORY_WORDS = 25
# Always heard, whatever the story is like.
ALWAYS_HEARD = {"at_sea", "self_harm"}


def understand(
    text: str,
    question: str,
    knowledge: Knowledge,
    *,
    also: Sequence[str] = (),
    topics: Sequence[str] = (),
) -> tuple[triage.Verdict, Vector]:
    """Decide what the question calls for; its embedding is needed again by the search.

    `also` are other readings of it, which may hold a danger that it lost; `topics` are what a
    follow-up goes on from.
    """
    vector = knowledge.embed_question(question)
    examples = embed_remembered([example for example, _ in triage.get_rules().examples], knowledge)
    verdict = triage.decide([text, *also, question], vector=vector, examples=examples)
    if topics and list_content(text):
        # Danger in a few words behind a long topic must be heard.
        alone = triage.decide([text], vector=knowledge.embed_question(text), examples=examples)
        if alone.outcome is Outcome.URGENT:
            return alone, vector
    # Asked already, so their embeddings are remembered.
    vectors = [knowledge.embed_question(topic) for topic in topics]
    for topic, topic_vector in zip(topics, vectors, strict=True):
        before = triage.decide([topic], vector=topic_vector, examples=examples)
        verdict = following.follow(verdict, before, text)
    if is_only_like_advice(verdict, text, question) and read_references(question):
        # Who names a paragraph asks what it says.
        verdict = triage.ORDINARY
    if (
        may_be_of_another_domain(verdict, text, question)
        # The embedding knows English alone.
        and not is_clearly_not_english(question)
        and is_of_another_domain(vector, knowledge)
    ):
        # Of other matters we can say nothing, so there is nothing to refuse.
        verdict = triage.ORDINARY
    return verdict, following.lean_away(vector, vectors)


def is_only_like_advice(verdict: triage.Verdict, text: str, question: str) -> bool:
    """Say whether no word asks for advice."""
    return verdict.outcome is Outcome.INDIVIDUAL_ADVICE and not is_by_words(text, question)


def is_by_words(text: str, question: str) -> bool:
    return triage.find_rule_by_words(text, question) is not None


def may_be_of_another_domain(verdict: triage.Verdict, text: str, question: str) -> bool:
    """Say whether triage may have heard what was not meant.

    What says 'will I win' asks for advice, whatever else it is like, and a crisis in few words is
    one; a long story of a will or a school is neither.
    """
    if verdict.outcome not in LIKE_OTHER_DOMAINS or verdict.topic in ALWAYS_HEARD:
        return False
    if len(question.split()) > STORY_WORDS:
        return True
    return verdict.outcome is not Outcome.URGENT and not is_by_words(text, question)


def ask_back(
    verdict: triage.Verdict, question: str, *, vector: Vector, knowledge: Knowledge
) -> tuple[triage.Verdict, tuple[str, ...]]:
    """Turn an ordinary question that can mean several things into one back, with choices."""
    if verdict.outcome is Outcome.CLARIFICATION_NEEDED:
        unclear = clarifying.find_unclear(question)
        choices = unclear.choices if unclear else clarifying.list_start()
        return verdict, () if verdict.topic == "thanks" else choices
    unclear = clarifying.find_unclear(question)
    # So few words resemble much; only what they say themselves counts against them.
    if unclear is None or triage.find_rule_by_words(question) is not None:
        return verdict, ()
    if unclear.topic == "follow_up" and is_of_another_domain(vector, knowledge):
        # 'Can the school refuse my son?' goes on from nothing of ours.
        return verdict, ()
    asked_back = triage.Verdict(outcome=Outcome.CLARIFICATION_NEEDED, topic=unclear.topic)
    return asked_back, unclear.choices
