"""Every sentence that we say as prepared wording, for each outcome, with a next step in each.

Prepared wording states no rule and no news, so it needs no citation. Everything else that a
reader gets stands in a dated document. Help comes before all other words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import (
    get_supported_language_variant,
    ngettext,
    override,
    pgettext,
)
from django.utils.translation import gettext_lazy as _

from assistant.personal_data.types import Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText

    from knowledge.retrieval import RetiredDocument

# What introduces words that are quoted in an answer as plain text.
OFFICIAL_LEAD = _("The official text says: “%(quote)s”")
OFFICIAL_LEAD_AGAIN = _("It also says: “%(quote)s”")

EMERGENCY_NUMBERS = _(
    "In an emergency call 112: it works in France and in the UK. "
    "In the UK you can also call 999; at sea, call 196 in France, or use VHF radio channel 16."
)
FIND_ADVISER = _(
    "A regulated immigration adviser or a solicitor can look at a person's own case, often for "
    "free: https://www.gov.uk/find-an-immigration-adviser"
)
LEGAL_AID = _(
    "Whether a lawyer is free for you in the UK: https://www.gov.uk/check-legal-aid. In "
    "detention, ask the staff for the free legal advice surgery."
)
LEGAL_ROUTES = _(
    "There are legal routes to the UK. You can ask me, for example, “Which safe and legal routes "
    "are there?” or “How do I apply from France?”"
)
WHAT_IT_CAN = _(
    "I can answer questions about the UK-France “one in, one out” returns pilot and about the "
    "other safe and legal routes to the UK, with the official words and their dates."
)
EXAMPLES_TO_ASK = _(
    "You can ask, for example: “Who can be returned to France?”, “How do I apply from France?” "
    "or “Can my family come with me?”"
)
ENGLISH_ONLY = _(
    "For now I answer in English only. If you can, ask again in simple English, or ask somebody "
    "to translate this answer for you. In an emergency call 112."
)

# What was taken out of a question before it was kept.
HIDDEN: Mapping[Kind, LazyText] = {
    Kind.NAME: _("a name"),
    Kind.PHONE: _("a phone number"),
    Kind.EMAIL: _("an e-mail address"),
    Kind.DOCUMENT: _("the number of a document"),
    Kind.CASE: _("a case number"),
    Kind.SHARE_CODE: _("a share code"),
    Kind.INSURANCE: _("a National Insurance number"),
    Kind.ADDRESS: _("an address"),
    Kind.BIRTH: _("a date of birth"),
    Kind.BANK: _("bank details"),
    Kind.ACCOUNT: _("an online account"),
    Kind.NUMBER: _("a long number"),
}

# What became of a page that would have answered, by its status.
RETIRED = {
    "withdrawn": _("The page “%(title)s” was withdrawn by its publisher on %(day)s."),
    "gone": _("The page “%(title)s” is no longer published, since %(day)s at the latest."),
    "redirected": _("The page “%(title)s” has moved; we saw that on %(day)s."),
    "not_found": _("The page “%(title)s” has not been found at its publisher since %(day)s."),
}
RETIRED_BY_US = _("We have not used the page “%(title)s” since %(day)s.")
REPLACED = _("In its place there is “%(title)s”: %(url)s")
REPLACED_UNREAD = _("Its publisher points to %(url)s")
# After an answer to the other parts of a question; the part is in the reader's words.
MISSING = _("I found nothing about “%(part)s” in the documents that I have, and I don't guess.")
# Before a figure that is older than the one just given.
OLDER = _("An older source, of %(day)s, says:")
# Before anything that is told as of a day.
AS_OF = _(
    "This is what the texts said on %(day)s. Rules may have changed since: ask again without a "
    "date for what they say now."
)
# Before what was found, when the question names a paragraph or a paper that no text of ours is.
NOT_HELD = _(
    "I don't hold %(names)s. It may have another number, or stand in a text that I don't read."
)
# Instead of "no evidence", when the day is before the first of our texts.
TOO_EARLY = (
    _(
        "I hold texts from %(first)s on, so I can't say what they said on %(day)s, and I don't "
        "guess."
    ),
    _("Choose a later day, or ask without a date for what the texts say now."),
)

# Outcome and topic of triage.toml → what is said. The first notice stands before any
# information; with individual_advice the rest stands after it.
NOTICES: Mapping[str, Mapping[str, tuple[LazyText, ...]]] = {
    "answered": {
        "": (_("Check the date beside each source before you rely on it."),),
    },
    "urgent": {
        "": (EMERGENCY_NUMBERS, FIND_ADVISER),
        "at_sea": (
            _(
                "Call for rescue now: 112, or 196 if you are near France, or 999 if you are near "
                "the UK and ask for the Coastguard. On a marine radio use VHF channel 16."
            ),
            _(
                "Say how many people are in the boat and that it is in danger. If the phone can "
                "show your position, read it out. Put on life jackets, stay together and stay "
                "with the boat."
            ),
            _("I can't call for help for you, so please call now."),
        ),
        "self_harm": (
            _(
                "I am very sorry that it is so hard. You matter, and you don't have to carry this "
                "alone. If you or somebody else may be hurt, call 112 now, or 999 in the UK."
            ),
            _(
                "Please tell somebody near you now: a friend, a doctor, a nurse or a member of "
                "staff. In detention, ask for the healthcare team at once and say that you are "
                "thinking of harming yourself; they must listen at any hour."
            ),
            _("When you are safe, you can ask me about the rules, one small question at a time."),
        ),
        "in_danger": (
            _(
                "If you are in danger now, call 112, or 999 in the UK, and ask for the police or "
                "an ambulance. The call is free."
            ),
            _(
                "If you can, go to a place with other people, and tell a charity worker or a "
                "doctor."
            ),
        ),
        "trafficking": (
            _(
                "If you are in danger now, call 112, or 999 in the UK. Being forced to work, to "
                "sell sex or to carry drugs is a crime against you, and you can ask for help."
            ),
            _(
                "In the UK you can call the Salvation Army's modern slavery line, 0800 808 3733, "
                "or tell a doctor, a solicitor or a member of staff. We have not been able to "
                "check this number recently."
            ),
            _(
                "Ask for a legal adviser as early as you can: "
                "https://www.gov.uk/find-an-immigration-adviser"
            ),
        ),
        "child_alone": (
            _("If a child is in danger now, call 112, or 999 in the UK."),
            _(
                "A child who is alone has a right to be protected. Tell a police officer, a "
                "doctor, a charity worker or a member of staff: “I am under 18 and I am alone”, "
                "or that you know of such a child. If they think that you are an adult, tell "
                "them your age again and ask for a legal adviser."
            ),
            _(
                "In the UK, the council's children's services and a solicitor can help: "
                "https://www.gov.uk/find-an-immigration-adviser"
            ),
        ),
        "removal_soon": (
            _(
                "Speak to a legal adviser today: time matters. In detention, ask the staff now "
                "for the free legal advice surgery and for a phone, and show the adviser every "
                "paper that you were given."
            ),
            _(
                "You can look for an adviser or a solicitor here: "
                "https://www.gov.uk/find-an-immigration-adviser"
            ),
            _(
                "If you feel ill or are thinking of harming yourself, tell the healthcare team "
                "now. In an emergency call 112, or 999 in the UK."
            ),
        ),
    },
    "unsafe": {
        "": (
            _("I can't help with that, because it could put you or others in danger."),
            EMERGENCY_NUMBERS,
            LEGAL_ROUTES,
        ),
        "crossing_unseen": (
            _(
                "I can't help with crossing in secret. People drown in the Channel and suffocate "
                "in lorries, also when the journey looked safe, and smugglers don't tell you so."
            ),
            EMERGENCY_NUMBERS,
            LEGAL_ROUTES,
        ),
        "smugglers": (
            _(
                "I can't help with finding or paying smugglers. They put people in boats that are "
                "not fit for the sea, and people are robbed, beaten and killed."
            ),
            EMERGENCY_NUMBERS,
            LEGAL_ROUTES,
        ),
        "forged_papers": (
            _(
                "I can't help with false or borrowed papers. Using them can be a crime, and it "
                "can harm your own case and your family's."
            ),
            _(
                "If somebody pressed you to take false papers, or took your own, tell an adviser: "
                "https://www.gov.uk/find-an-immigration-adviser"
            ),
            EMERGENCY_NUMBERS,
            LEGAL_ROUTES,
        ),
        "hiding_traces": (
            _(
                "I can't help with hiding where somebody was, or with damaging fingerprints or "
                "papers. It can injure you, and it can harm your case and be a crime."
            ),
            _(
                "What happened to you is best told to an adviser, who keeps it private: "
                "https://www.gov.uk/find-an-immigration-adviser"
            ),
            EMERGENCY_NUMBERS,
            LEGAL_ROUTES,
        ),
        "fake_location": (
            _(
                "I can't help with showing a false place. An application that rests on something "
                "untrue can be refused, and it can harm you later."
            ),
            EMERGENCY_NUMBERS,
            LEGAL_ROUTES,
        ),
        "false_statements": (
            _(
                "I can't help with saying what is not true. A false statement can be a crime, and "
                "it can make the true parts of a story harder to believe."
            ),
            _(
                "An adviser can help you to tell what really happened: "
                "https://www.gov.uk/find-an-immigration-adviser"
            ),
            EMERGENCY_NUMBERS,
            LEGAL_ROUTES,
        ),
    },
    "individual_advice": {
        "": (
            _(
                "I can't judge a person's case or say what will happen in it. I can show the "
                "general rules."
            ),
            FIND_ADVISER,
            LEGAL_AID,
        ),
        "write_for_me": (
            _(
                "I can't write or fill in anything for a person's case. I can show the general "
                "rules."
            ),
            FIND_ADVISER,
            LEGAL_AID,
        ),
        "what_to_do": (
            _("I can't say what a person should do. I can show the general rules."),
            FIND_ADVISER,
            LEGAL_AID,
        ),
    },
    "out_of_scope": {
        "": (_("That is not something I can help with."), WHAT_IT_CAN, EXAMPLES_TO_ASK),
        "opinions": (
            _("I don't take sides and have no opinion about policies, parties or people."),
            WHAT_IT_CAN,
            EXAMPLES_TO_ASK,
        ),
        "instructions": (
            _("I only answer questions, from official documents; I can't change how I work."),
            WHAT_IT_CAN,
            EXAMPLES_TO_ASK,
        ),
        "personal_data": (
            _("I have no information about particular people, and I would not give it out."),
            WHAT_IT_CAN,
            EXAMPLES_TO_ASK,
        ),
        "other_subjects": (
            _("That is outside what I know about."),
            WHAT_IT_CAN,
            EXAMPLES_TO_ASK,
        ),
    },
    # Questions to choose from follow as buttons; only after a thank-you there are none.
    "clarification_needed": {
        "": (
            _("Please ask a whole question, in a few words: I did not understand what you need."),
            WHAT_IT_CAN,
        ),
        "unclear": (
            _("That has different answers. Which of these do you mean?"),
            _("Choose one, or ask again and say a little more."),
        ),
        "follow_up": (
            _("I can’t see what this goes on from. Please ask it as a whole question."),
        ),
        "greeting": (_("Hello."), WHAT_IT_CAN),
        "thanks": (
            _("You are welcome. Ask again whenever you need to."),
            EXAMPLES_TO_ASK,
        ),
        "vague": (
            _("I would like to help. Tell me in a few words what you need to know."),
            WHAT_IT_CAN,
            EMERGENCY_NUMBERS,
        ),
    },
    "no_evidence": {
        "": (
            _(
                "I found nothing in the official documents that I have that answers this, and I "
                "don't guess."
            ),
            _("Try other words, or ask about one thing at a time."),
            FIND_ADVISER,
        ),
    },
    "busy": {
        "": (
            _("Many people are asking just now, so your question is not answered yet."),
            _("Please send it again in a minute."),
        ),
    },
    "stopped": {
        "": (
            _("Only what was ready when you stopped it is shown."),
            _("Ask again whenever you like."),
        ),
    },
    "failed": {
        "": (
            _(
                "Something went wrong here, and your question was not answered. It is not your "
                "fault."
            ),
            _(
                "Please send it again. If it fails again, the official pages are at "
                "https://www.gov.uk/browse/visas-immigration"
            ),
        ),
    },
}


def get_notices(outcome: str, topic: str = "", *, language: str = "en") -> tuple[str, ...]:
    """Return the prepared wording of an outcome, the next step last."""
    by_topic = NOTICES[outcome]
    return translate(by_topic.get(topic, by_topic[""]), language)


def choose_language(code: str) -> str:
    """Return the language of ours that is nearest to the reader's."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return settings.LANGUAGE_CODE


def get_language_notice(*, language: str = "en") -> str:
    """Say kindly that answers are in English."""
    return translate((ENGLISH_ONLY,), language)[0]


def get_hidden_notices(kinds: Sequence[Kind], *, language: str = "en") -> tuple[str, ...]:
    """Say once what was taken out of a question; nothing if nothing was."""
    if not kinds:
        return ()
    with override(language):
        *most, last = (str(HIDDEN[kind]) for kind in kinds)
        things = last
        if most:
            things = pgettext("list", "%(most)s and %(last)s") % {
                "most": pgettext("list", ", ").join(most),
                "last": last,
            }
        notice = ngettext(
            "I removed %(things)s before keeping your question. You don't need to give it here.",
            "I removed %(things)s before keeping your question. You don't need to give them here.",
            len(kinds),
        )
        return (notice % {"things": things},)


def describe_retired(retired: RetiredDocument, *, language: str = "en") -> tuple[str, ...]:
    """Say what became of a page and what stands in its place."""
    texts = [RETIRED_BY_US if retired.is_ours else RETIRED[retired.status.value]]
    if retired.replacement_url:
        texts.append(REPLACED if retired.replacement_title else REPLACED_UNREAD)
    ended, *replaced = translate(tuple(texts), language)
    day = write_day(retired.since, language) if retired.since else ""
    words = {"title": retired.replacement_title, "url": retired.replacement_url}
    return (
        ended % {"title": retired.title, "day": day},
        *(text % words for text in replaced),
    )


def describe_missing(parts: Sequence[str], *, language: str = "en") -> tuple[str, ...]:
    """Say of which parts of a question nothing was found."""
    (missing,) = translate((MISSING,), language)
    return tuple(missing % {"part": part} for part in parts)


def get_older_notice(day: date, *, language: str = "en") -> str:
    """Introduce what an older source says."""
    return translate((OLDER,), language)[0] % {"day": write_day(day, language)}


def get_as_of_notice(day: date, *, language: str = "en") -> str:
    """Say of which day an answer is."""
    return translate((AS_OF,), language)[0] % {"day": write_day(day, language)}


def name_not_held(names: Sequence[str], *, language: str = "en") -> str:
    """Say which of the texts that a question names aren't among ours."""
    return translate((NOT_HELD,), language)[0] % {"names": ", ".join(names)}


def get_too_early_notices(
    day: date, *, first: date | None, language: str = "en"
) -> tuple[str, ...]:
    """Say from when on there are texts; without any, what is said when nothing is found."""
    if first is None:
        return get_notices("no_evidence", language=language)
    days = {"day": write_day(day, language), "first": write_day(first, language)}
    return tuple(text % days for text in translate(TOO_EARLY, language))


def write_day(day: date, language: str) -> str:
    with override(language):
        return date_format(day, pgettext("date format", "j F Y"))


def translate(texts: tuple[LazyText, ...], language: str) -> tuple[str, ...]:
    """Turn texts into strings in a language, whatever language is active here."""
    with override(language):
        return tuple(str(text) for text in texts)


def introduce_official(quote: str, *, is_first: bool, language: str = "en") -> str:
    """Say whose words a quote is, in an answer that is plain text."""
    (lead,) = translate((OFFICIAL_LEAD if is_first else OFFICIAL_LEAD_AGAIN,), language)
    return lead % {"quote": quote}
