"""Pictures as they may be published: pixels, colour profile and orientation, and nothing else.

Pure: bytes in, cleaned bytes or the reason for refusing them out. Pixels are never decoded, so that nothing is lost.
"""

from explainer.pictures.cleaning import clean_picture
from explainer.pictures.file_fields import telling_fields
from explainer.pictures.result import Cleaned, Finding, RefusedError

__all__ = ["Cleaned", "Finding", "RefusedError", "clean_picture", "telling_fields"]
