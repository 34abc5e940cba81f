"""The commands with which LaTeX sets words, by what becomes of them: the rest of a text's commands is mathematics."""

COMMANDS: dict[str, str] = {
    **dict.fromkeys(
        "chapter section subsection subsubsection paragraph subparagraph title frametitle task problem".split(),
        "section",
    ),
    **dict.fromkeys(
        "caption item par newpage clearpage pagebreak maketitle tableofcontents medskip bigskip smallskip "
        "solution".split(),
        "block",
    ),
    **dict.fromkeys(
        "label ref eqref autoref cref Cref pageref cite citep citet citealp bibliography bibliographystyle url "
        "documentclass usepackage RequirePackage includegraphics input include setlength addtolength vspace hspace "
        "pagestyle thispagestyle geometry hypersetup definecolor newtheorem setcounter addtocounter newcounter "
        "graphicspath author date lstset allowdisplaybreaks index nocite tikzset usetikzlibrary numberwithin "
        "theoremstyle usetheme usefonttheme usecolortheme setbeamertemplate setbeamercolor titlepage".split(),
        "left out",
    ),
    **dict.fromkeys(
        "textbf textit emph texttt textsc textsf textsl underline uline footnote noindent centering raggedright "
        "small footnotesize large Large LARGE huge Huge normalsize bfseries itshape hline toprule midrule bottomrule "
        "newline linebreak protect quad qquad hfill vfill uncover only onslide visible alert".split(),
        "taken away",
    ),
}

LEVELS = {name: level for level, name in enumerate("chapter section subsection subsubsection paragraph".split(), 1)}
"""How deep a heading of each command is, as the signs # of Markdown tell it."""
