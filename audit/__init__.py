"""The record: append to the chain, verify it. Nothing here knows what a step means."""

from audit.chain import Act, record, record_all
from audit.verify import Verification, verify

__all__ = ["Act", "Verification", "record", "record_all", "verify"]
