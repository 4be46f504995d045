"""Image-side checks: each looks at one rendered picture."""

from vincicoder.verify.picture import PictureLimits, check_picture

__all__ = ["PictureLimits", "check_picture"]
