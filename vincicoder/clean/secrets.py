"""Keys and tokens of known forms: a sample that contains one is rejected."""

from __future__ import annotations

import re

from vincicoder.clean.filter import FilterResult
from vincicoder.sample import Reason, Rejection

# A part that every text of the form has, to be searched for first, and the form as its issuer documents
# it, so that nothing else looks like it.
_FORMS = {
    "private key": ("PRIVATE KEY", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "AWS access key": ("AKIA", r"\bAKIA[A-Z0-9]{16}\b"),
    "GitHub token": ("gh", r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "GitHub fine-grained token": ("github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{82}\b"),
    "GitLab token": ("glpat-", r"\bglpat-[A-Za-z0-9_-]{20}\b"),
    "Google API key": ("AIza", r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "Hugging Face token": ("hf_", r"\bhf_[A-Za-z]{34}\b"),
    "OpenAI key": ("T3BlbkFJ", r"\bsk-(?:proj-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    "Slack token": ("xox", r"\bxox[abprs]-\d{8,}-[A-Za-z0-9-]{16,}"),
    "Stripe key": ("k_live_", r"\b[sr]k_live_[A-Za-z0-9]{24,}"),
    "Mapbox secret": ("sk.eyJ", r"\bsk\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
    "password in an address": ("@", r"://[^\s/:@'\"<>]+:[^\s/:@'\"<>{}$]{3,}@[\w.-]+"),
}
_PATTERNS = [(kind, hint, re.compile(pattern)) for kind, (hint, pattern) in _FORMS.items()]


def secret(code: str) -> FilterResult:
    """Reject code with a key or token of a known form; the detail names the kind, never the text."""
    for kind, hint, pattern in _PATTERNS:
        match = pattern.search(code) if hint in code else None
        if match is not None:
            line = code.count("\n", 0, match.start()) + 1
            return Rejection(Reason.CLEAN_SECRET, f"line {line}: {kind}")
    return None
