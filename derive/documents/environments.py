"""LaTeX's environments, by what becomes of them."""

DISPLAYS = frozenset(
    "equation align alignat flalign xalignat gather multline eqnarray displaymath math dmath split aligned alignedat "
    "gathered multlined IEEEeqnarray array subarray darray".split()
)
"""Displayed mathematics of its own; within a formula their rows are rows."""
KEPT = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix cases dcases rcases drcases "
    "numcases subnumcases tabular substack".split()
)
"""Their rows are no rows of the display."""
TABULAR = frozenset("tabular tabularx tabulary longtable".split())
WITH_ARGUMENT = frozenset("alignat xalignat alignedat IEEEeqnarray array subarray darray tabular longtable".split())
"""What follows the name in braces is no mathematics."""
SECTIONS = frozenset(
    "example examples exercise exercises problem problems question questions task homeworkProblem frame".split()
)
"""What stands in them is about something of its own."""
VERBATIM = frozenset("verbatim Verbatim lstlisting minted alltt code codeblock python pycode pythoncode".split())
