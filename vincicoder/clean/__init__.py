"""Code-side filters: each looks at a sample's code and answers kept, changed or rejected."""

from vincicoder.clean.limits import CleanLimits
from vincicoder.clean.pipeline import Cleaned, check_code, clean_samples, versions

__all__ = ["CleanLimits", "Cleaned", "check_code", "clean_samples", "versions"]
