"""Code-side filters: each looks at one sample's code and answers None (kept) or a rejection."""

from vincicoder.clean.pipeline import CleanLimits, check_code

__all__ = ["CleanLimits", "check_code"]
