"""Image-side checks: each looks at one rendered picture, some at the corpus's own picture beside it."""

from vincicoder.verify.clipped import clipped_share
from vincicoder.verify.own_picture import MEASURES, OwnPictureScores, compare_with_own, read_own_picture
from vincicoder.verify.picture import PictureLimits, check_pixels, decode_picture
from vincicoder.verify.pipeline import verify_picture
from vincicoder.verify.thresholds import SourceThresholds, learn_thresholds, mismatch

__all__ = [
    "MEASURES",
    "OwnPictureScores",
    "PictureLimits",
    "SourceThresholds",
    "check_pixels",
    "clipped_share",
    "compare_with_own",
    "decode_picture",
    "learn_thresholds",
    "mismatch",
    "read_own_picture",
    "verify_picture",
]
