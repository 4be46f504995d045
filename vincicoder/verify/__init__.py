"""Image-side checks: each looks at one rendered picture."""

from vincicoder.verify.picture import PictureLimits, check_picture, check_pixels

__all__ = ["PictureLimits", "check_picture", "check_pixels"]
