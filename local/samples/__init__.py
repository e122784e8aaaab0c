"""Our own sample documents: drawn on demand, the same for the same seed, with their truth."""

from local.samples.catalogue import make_samples
from local.samples.models import ExpectedState, Sample, SamplePart
from local.samples.stacks import make_many, make_scanned

__all__ = [
    "ExpectedState",
    "Sample",
    "SamplePart",
    "make_many",
    "make_samples",
    "make_scanned",
]
