"""Commands that LaTeX with amsmath, amssymb, xcolor, booktabs and multirow understands, by use.

Documentation is full of commands that its own package defines. A formula or table made of these words
alone means the same outside of it.
"""

from __future__ import annotations

import re

_TEXT = """textbf textit texttt textsc textsf textrm textnormal emph text mbox hbox quad qquad hspace vspace
hfill vfill smallskip medskip bigskip par noindent centering raggedright tiny scriptsize footnotesize small
normalsize large Large LARGE huge Huge bfseries itshape ttfamily sffamily rmfamily scshape normalfont
textbackslash textasciitilde ldots dots LaTeX TeX color textcolor phantom vphantom hphantom strut rule
newline begin end item tabularnewline dag ddag S P copyright pounds ss ae oe aa o l i j"""

_TABLE = """hline cline toprule midrule bottomrule cmidrule addlinespace multicolumn multirow arraystretch
tabcolsep renewcommand setlength extrarowheight raggedleft arraybackslash"""

_MATH = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma
Upsilon Phi Psi Omega frac dfrac tfrac cfrac sqrt sum prod coprod int iint iiint oint bigcup bigcap bigsqcup
bigvee bigwedge bigodot bigoplus bigotimes biguplus lim limsup liminf sup inf max min arg det dim exp log ln
lg sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan gcd hom ker deg Pr bmod pmod mod left
right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr langle rangle lfloor rfloor lceil
rceil vert Vert lvert rvert lVert rVert mid parallel cdot cdots vdots ddots times div pm mp ast star circ
bullet oplus ominus otimes oslash odot wedge vee cap cup sqcap sqcup uplus setminus wr amalg le leq ge geq
ne neq ll gg equiv sim simeq approx cong propto prec succ preceq succeq subset supset subseteq supseteq in
ni notin perp models vdash dashv to gets mapsto leftarrow rightarrow leftrightarrow Leftarrow Rightarrow
Leftrightarrow longleftarrow longrightarrow Longleftarrow Longrightarrow longmapsto uparrow downarrow
updownarrow Uparrow Downarrow nearrow searrow swarrow nwarrow hookrightarrow hookleftarrow iff implies
forall exists nexists neg lnot land lor top bot emptyset varnothing nabla partial infty aleph hbar ell wp Re
Im angle triangle Box Diamond prime hat widehat tilde widetilde bar vec dot ddot check acute grave breve
overline underline overbrace underbrace overset underset stackrel xrightarrow xleftarrow binom dbinom tbinom
mathbf mathrm mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol operatorname displaystyle textstyle
scriptstyle limits nolimits substack intertext shortintertext tag notag nonumber label therefore because
lbrace rbrace backslash choose over atop not atopwithdelims smash colon dotsb dotsc dotsm dotsi boxed"""

_MATH_ENVIRONMENTS = """equation equation* align align* gather gather* multline multline* split aligned
gathered cases matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array"""

TABLE_COMMANDS = frozenset((_TEXT + " " + _TABLE + " " + _MATH).split())
MATH_COMMANDS = frozenset((_TEXT + " " + _MATH).split())
MATH_ENVIRONMENTS = frozenset(_MATH_ENVIRONMENTS.split())
TABLE_ENVIRONMENTS = frozenset({"tabular", "tabular*", "array", *MATH_ENVIRONMENTS})

_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_ENVIRONMENT = re.compile(r"\\begin\{([^}]*)\}")


def uses_only(code: str, commands: frozenset[str], environments: frozenset[str]) -> bool:
    """Say whether a snippet uses no other commands and environments than those; `#` and `@` rule it out."""
    if re.search(r"(?<!\\)[#@]", code):
        return False
    return all(name in commands for name in _COMMAND.findall(code)) and all(
        name in environments for name in _ENVIRONMENT.findall(code)
    )
