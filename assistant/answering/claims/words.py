"""Words as a claim is compared with its source: stems, plain words for official ones, classes.

Two texts may say the same in other words only where this file says so; every other word of a
claim must stand in its source. Better a true sentence lost than a false one shown.
"""

from __future__ import annotations

import re
from functools import cache

import Stemmer


def pick(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Said of nothing in particular, or compared by a check of its own (prepositions, 'and', 'or').
GRAMMAR = pick(
    "a an the this that these those it its he she him her his hers they them their theirs you "
    "your yours yourself of in on at to for with by from as into is are was were be been being am "
    "do does did doing done has have had having and or either there which who whom whose what if "
    "when where while then also too us s t re ve per use used uses using make made makes happen "
    "happens aged"
)
NEGATIONS = pick("not no never cannot none nobody nothing neither nor noone")
MODALS = {
    "must": "must", "shall": "must",
    "may": "may", "can": "may",
    "could": "could", "might": "could", "would": "would",
    "should": "should", "ought": "should",
    "will": "will",
    "neednot": "neednot",
}  # fmt: skip
PAST = pick("was were had did")
PRESENT = pick("is are am has have does do")
TO_BE = pick("be been is are was were")
FINITE = PAST | PRESENT | frozenset(MODALS) | {"cannot"}
# What makes a statement weaker than a plain one; it may not be left out.
HEDGES = pick(
    "usually normally generally often typically mostly most majority some many few about around "
    "approximately roughly nearly almost sometimes expect expected expects plan planned plans "
    "propose proposed proposes likely allege alleged alleges argue argued argues claimed suggest "
    "suggested suggests estimate estimated estimates due intend intended intends held according "
    "reported reportedly said says expected aims hopes possibly probably perhaps provisional "
    "provisionally draft main mainly partly"
)
# Whoever a rule is made for may be called 'you'.
PERSONS = pick(
    "you your person people anyone someone somebody everybody everyone applicant individual "
    "borrower rider holder refugee sponsor partner child children adult adults parent parents "
    "spouse student students claimant migrant worker citizen national resident member members "
    "family families couple those who nobody victim visitor asylum-seeker seeker "
    "detainee appellant tenant customer"
)
# 'You' may stand for these; a parent or a friend beside the reader is somebody else.
ROLES = PERSONS - pick(
    "sponsor partner child children parent parents spouse member members family families couple "
    "victim"
)
UNIVERSAL = pick("all every each any anyone everyone everybody anybody both whole")
GENERIC = pick("person people anyone someone somebody individual applicant borrower holder one")

# One group a line: any of them may stand for any other.
ALIKE_WORDS = """
all every each everyone everybody
any anyone anybody
nobody none no noone
email e-mail mail
phone telephone
bicycle bicycles bike bikes cycle
borrow loan lend lent lending borrowing
get receive give given gave gets grant granted award awarded obtain
ask request asked asks requested
say says said state stated tell told
tell told inform informed hear heard notify notified
send sent submit submitted
send sent goes go put
older over
younger under
children child kid kids minor minors
adult adults grown-up
wife husband spouse
money payment
pay paid cost costs
cost costs fee charge price
refuse refused reject rejected turn-down
accept accepted
decide decides decided decision decisions determine determined ruling
held rule ruled decided
need require required requires
start starts begin begins
end ends finish finished
end ends expire expires expired
leave leaves left
stay stays remain remains
live lives reside resides
house housed accommodate accommodated accommodation housing
help support assistance
lawyer solicitor
advice advise adviser advisor
buy purchase
sell sold
rider ride rides riding rode
borrower borrow
holder hold
lender lend
claimant claim
show shows shown showed prove proves
take took taken
write wrote
know knew known
see saw seen
lose lost loses
find found
bring brought
begin began begun
become became
speak spoke spoken
meet met
build built
hold holds held
spend spent
choose chose chosen
keep keeps kept retain retained
permission leave
come came cross crossed arrive arrived travel travelled
come came return returned back
removed removal remove returned return sent
detained detention detain custody
job work employment
form application
apply application applicant applied
document documents paper papers
possible
later after
earlier before
during while
quick quickly fast
also
only just
because
for-free free
written writing
check checks checked
currently now
until till
unless except
e.g example
confirm confirmed
unaccompanied alone
compulsory mandatory obligatory
pending underway
length long lasts last duration
allow allowed permitted permit
limit cap
month months
yearly annual annually
uk britain
"""

# Ways of saying, made one on both sides before words are compared. The order matters.
SAME_SAYINGS = [
    (r"\bcan['’]t\b|\bcan not\b", "cannot"),
    (r"\bwon['’]t\b", "will not"),
    (r"\bshan['’]t\b", "must not"),
    (r"n['’]t\b", " not"),
    (r"['’]re\b", " are"),
    (r"['’]ve\b", " have"),
    (r"['’]ll\b", " will"),
    (r"\bunited kingdom\b", "UK"),
    (r"\bno one\b", "nobody"),
    (r"\b(?:costs? nothing|costs? no money|(?:(?:is|are) )?free of charge|"
     r"no (?:fee|charge)s?(?: to pay)?|"
     r"without (?:a fee|charge|paying)|(?:does|do) not (?:charge a fee|charge|cost anything)|"
     r"charges? no(?: fee)?|charges? nothing)\b", "is free"),
    (r"\bthere is (?:is free)\b", "is free"),
    (r"\b(?:do|does|did) not (?:have|need) to\b|\bneed not\b|"
     r"\b(?:is|are) not (?:required|obliged) to\b|\bno need to\b", "neednot"),
    (r"\b(?:it is )?not possible (?:for \w+ )?to\b|\bimpossible to\b", "cannot"),
    (r"\b(?:is|are) not (?:allowed|permitted|able) to\b", "cannot"),
    (r"\b(?:you have|there is) no right (?:of|to)\b", "you cannot"),
    (r"\b(?:has|have) no right (?:of|to)\b", "cannot"),
    (r"\b(?:has|have) (?:a|the) right (?:of|to)\b", "may"),
    (r"\b(?:is|are) not available\b", "cannot be given"),
    (r"\b(?:is|are) available\b", "may be given"),
    (r"\b(?:must|may) not\b", "cannot"),
    (r"\b(?:is|are) (?:allowed|permitted|able) to\b", "may"),
    (r"\b(?:have|has|need|needs) to\b|\b(?:is|are) (?:required|obliged) to\b", "must"),
    (r"\bper cent\b|\bpercent\b", "%"),
    (r"\be-mail", "email"),
    (r"\b(?:per|each|every) (day|week|month|year|hour)\b", r"a \1"),
    (r"\blook(s|ed|ing)? after\b", r"care\1"),
    (r"\bin writing\b", "written"),
    (r"\bas long as\b|\bproviding(?: that)?\b|"
     r"(?<!\bare )(?<!\bis )(?<!\bbe )(?<!\bwas )(?<!\bwere )\bprovided(?: that)?\b", "if"),
    (r"\bapart from\b|\bother than\b|\bexcluding\b|\bwith the exception of\b", "except"),
]  # fmt: skip
_SAYINGS = [(re.compile(pattern, re.IGNORECASE), instead) for pattern, instead in SAME_SAYINGS]

_stemmer = Stemmer.Stemmer("english")


def say_alike(text: str) -> str:
    """Write the same sayings the same way."""
    for pattern, instead in _SAYINGS:
        text = pattern.sub(instead, text)
    return text


@cache
def stem(word: str) -> str:
    stemmed: str = _stemmer.stemWord(word.lower())
    return stemmed


def pick_stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


# 'A fine is given' for 'is fined': allowed where all other words stand in the source.
LIGHT = pick_stems("get gets got give gives given take takes taken put bring go goes")


@cache
def get_classes() -> dict[str, frozenset[int]]:
    """The groups of ALIKE_WORDS that a stem belongs to."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(ALIKE_WORDS.strip().splitlines()):
        for word in line.split():
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@cache
def are_alike(one: str, other: str) -> bool:
    """Say whether two stems may stand for each other."""
    if one == other:
        return True
    classes = get_classes()
    return bool(classes.get(one, frozenset()) & classes.get(other, frozenset()))


def is_one_of(word: str, people: frozenset[str]) -> bool:
    """Say whether a word or its singular is among them."""
    low = word.lower()
    return low in people or (low.endswith("s") and low[:-1] in people)


def is_content(word: str) -> bool:
    low = word.lower()
    return (
        low not in GRAMMAR
        and low not in NEGATIONS
        and low not in MODALS
        and bool(re.search(r"\w", low))
    )
