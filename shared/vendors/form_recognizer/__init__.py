"""Azure's Form Recognizer (Document Intelligence, API 2023-07-31) as the cloud reader.

``reader`` plays the role, ``analysis`` asks one question, ``pages`` and ``fields`` put the answer
into our words; ``models.toml`` says what its models call our fields.
"""

from shared.vendors.form_recognizer.analysis import Patience, Service
from shared.vendors.form_recognizer.reader import FormRecognizerReader

__all__ = ["FormRecognizerReader", "Patience", "Service"]
