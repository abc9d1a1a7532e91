"""The words of a text that say something: without those that stand everywhere, endings cut."""

from __future__ import annotations

from assistant.answering.patterns import fold_words

STOP_WORDS = frozenset(
    fold_words(
        "a an the i me my we our you your he she it they them their is are was were be been am "
        "do does did can could will would should must may of in on at to for from with by and or "
        "not no if when what which who whom how why where there this that these those have has "
        "had about under after before get got any some so as than then s t re"
    ).split()
)


def content_words(text: str) -> set[str]:
    return {trim(word) for word in fold_words(text).split() if word not in STOP_WORDS}


def trim(word: str) -> str:
    """Cut the commonest endings, so that 'applied', 'applies' and 'apply' meet."""
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + instead
    return word
