"""Why one sample's VCF is not imported: its chunk goes on without it."""

from __future__ import annotations

from sclcohort.errors import CohortError


class RefusedVcfError(CohortError):
    """A VCF that cannot be imported; the message says why and what to do, for the status table."""
