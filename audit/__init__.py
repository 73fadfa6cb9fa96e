"""The record: append to the chain, verify it. Nothing here knows what a step means."""

from audit.chain import Act, erase_detail, record, record_all
from audit.verify import Verification, verify

__all__ = ["Act", "Verification", "erase_detail", "record", "record_all", "verify"]
