"""New pipeline (temporary entry)."""
from derive.checking import diagnosis
from derive.checking.diagnosis import diagnosed
from derive.checking.interpretations import Stated, stated
from derive.checking.search import Explained, best_interpretations
from derive.documents import read_layout
from derive.formulas.claims import read_claims
from derive.small_models import weigh_indexed
from derive.walkthrough import load_walkthrough

_W = []
def check(text, walkthrough=None, file=""):
    if not _W: _W.extend((load_walkthrough("kanungo"), load_walkthrough("mazur")))
    document = read_claims(read_layout(text, file))
    claims = stated(document)
    taken = weigh_indexed(document)
    claims = tuple(Stated(one.number, one.claim, (), "", True) if one.number in taken else one for one in claims)
    ws = tuple(_W) if walkthrough is None else (walkthrough,)
    best = best_interpretations(claims, document.vocabulary, ws, frozenset())
    best = Explained(best.interpretation, {**best.evidence, **taken})
    diagnosis.SPELLED = dict(document.vocabulary.spellings)
    return tuple(diagnosed(document, text, best, file))
