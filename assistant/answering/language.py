"""Guesses whether a question is in English: a hint for a kind word, never a reason to refuse.

Readers write broken English with words of three languages; only what is clearly another language
counts, so an error is a missing hint. docs/evaluation.md has what it was measured with.
"""

from __future__ import annotations

import re
import unicodedata

ENGLISH_WORDS = """
the a an is are am was were be been to of in on at for from with by and or not no do does did can
could will would should have has had i you he she it we they my your his her our their me him us
them this that these those what which who when where why how if but so as about after before
there here more still any some all get got go come came apply say says need want help please uk
england france people paper papers family wife husband children kids boat form time person u ur
r plz pls im dont cant wat wen bcoz coz thx ok asylum passport police refugee visa flight removal
detention brother sister son daughter friend mother father lawyer claim application number money
live work know tell give make take send sent stay back way day days year years old now today
tomorrow night new open long much many tried said told being one two because then than into out
over under again other also only just very too man men woman child home office country camp
"""
# The short words that languages of our readers are made of, without marks.
OTHER_WORDS = {
    "French": """
        le la les un une des du de est sont je tu il elle nous vous ils elles mon ma mes ton ta
        son sa ses notre votre leur dans pour avec sur que qui quoi comment quand pourquoi puis
        peux peut suis ai au aux et ou pas ne ce cette ces si c j l d qu n s m combien quel
        quelle quelles faut faire fait ont avons etre avoir sans cest jai demande demander
        bonjour merci beaucoup aide aider aidez moi frere soeur mari femme enfants bateau ecris
        donne ici vais on renvoie fausse
    """,
    "Spanish": """
        el los las una es son yo ella mi mis por para con como cuando donde puedo puede quiero
        soy estoy en y que se lo del al hola gracias ayuda esta cual cuanto hijo familia pero muy
        no
    """,
    "Portuguese": """
        os as uma sao eu ele ela meu minha por para com como quando onde posso quero sou estou em
        e que nao ola obrigado ajuda qual quanto familia mas muito voce
    """,
    "Italian": """
        lo gli uno una sono io lui lei mio mia che chi come quando dove posso voglio per di del
        della con non e ho hai ciao grazie aiuto quale quanto famiglia ma molto
    """,
    "German": """
        der die das ein eine einen ist sind ich wir er sie mein meine meiner und oder nicht wie
        wann wo kann konnen mit nach von zu fur auf wenn was habe hallo danke hilfe familie bitte
    """,
    "Albanian": """
        ne te per nga me dhe nje jam eshte jemi jane kam ka kemi si kur ku kush mund do nuk dua
        duhet familja a ta t e qe po pa nese cfare cili cila sa im ime tim time tij saj mua ketu
        pasaporte pasaporten faleminderit ndihme ju lutem gjej bej ndodh kthejne kthehen france
        azil aplikoj veten mes det gomone burri gruaja vellai motra djale vajze program kerkoj
        vjec i ende fund vdekur hapur falas mos """,
    "Vietnamese": """ toi ban va khong la co cho
        cua nguoi lam sao duoc o em anh chi minh chung muon phai di den nay nao gi ai bao nhieu
        khi thi bi ve sang voi xin cam on chao giup con ngay mai giay to ho nop don phap giam lau
        phi cuu thuyen sap chim song nua luat su nha hoi van viet dau trong truoc sau neu hay vo
        chong gia thu
    """,
    "Turkish": """
        ve bir bu icin ben biz var mi mu ile nerede zaman nasil ne kim kac olur olarak degil
        istiyorum yardim lutfen merhaba tesekkurler ailem cocuk basvuru hakkinda bana benim
    """,
    "Kurmanji": """
        ez tu em hun ew min te me we di li bi ji ku ne na u ya ye yi bo cawa kengi kijan ci
        dikarim dixwazim heye tune malbata alikari silav spas re were tevi xwe bikim bikirim
    """,
    "Somali": """
        waa iyo in ka ku u la ma waxaan waxa sidee sideen halkee goorma maxaa maxaan ayaa ayaan
        inaan karaa karo karaan haysto ahay soo iska baasaboor qoyskaygu walaal caawimaad
        mahadsanid ila aan kuma rabaa jir sano na wax
    """,
    "Arabic": """
        ana ma fi fini bedi baddi bala la bi bil el al min men wen kif shu chou wach hal lal 3la
        3an enno bas ya w mni7 kteer ktir salam alaykom alaykoum marhaba shukran shokran choukran
        n9der 2addem ndir khoya akhi mout
    """,
}
ENGLISH = frozenset(ENGLISH_WORDS.split())
OTHERS = {language: frozenset(words.split()) - ENGLISH for language, words in OTHER_WORDS.items()}
# English and something else, so they tell nothing.
SHARED = frozenset({"a", "i", "me", "on", "in", "no", "do", "u"})
SHARE_OF_OTHER_LETTERS = 0.3
SHARE_OF_OTHER_WORDS = 0.25
SHARE_OF_MARKED_WORDS = 0.34
SHARE_TO_BE_ENGLISH = 0.4
WORDS_TO_JUDGE_BY = 3
# Letters that English has not, even in the words that it borrows.
FOREIGN_LETTERS = frozenset("đıəơưăßœæøłñãõşğțșħżźśńčćžěůőű")


def fold_marks(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold()).replace("đ", "d").replace("ı", "i")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def count_words(words: list[str]) -> tuple[int, int]:
    """How many are English, and how many belong to the other language that has most of them."""
    english = sum(word in ENGLISH and word not in SHARED for word in words)
    # A letter alone is as often an abbreviation: BN(O).
    long = [word for word in words if len(word) > 1]
    others = max(sum(word in known for word in long) for known in OTHERS.values())
    return english, others


def is_clearly_not_english(text: str) -> bool:
    """Say whether a text is in other letters, or in the words of another language."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return False
    other = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if other / len(letters) > SHARE_OF_OTHER_LETTERS:
        return True
    written = re.findall(r"\w+", unicodedata.normalize("NFC", text.casefold()))
    words = [fold_marks(word) for word in written]
    english, others = count_words(words)
    marked = sum(not word.isascii() for word in written)
    if FOREIGN_LETTERS & set(text.casefold()) and marked > english:
        return True
    if len(words) < WORDS_TO_JUDGE_BY:
        return not english and (others == len(words) or marked == len(words))
    if marked / len(words) >= SHARE_OF_MARKED_WORDS and marked > english:
        return True
    return others > 1.5 * english and others / len(words) >= SHARE_OF_OTHER_WORDS


def is_clearly_english(text: str) -> bool:
    """Say whether most of a text's words are English and next to none belong elsewhere."""
    words = re.findall(r"\w+", text.casefold())
    if len(words) < WORDS_TO_JUDGE_BY or not text.isascii():
        return False
    english, others = count_words(words)
    return english / len(words) >= SHARE_TO_BE_ENGLISH and others < english / 2
