"""What the rules refuse, put beside the fields that it is about."""

import msgspec

from pas.errors import Refusal
from pas.merchants.values import MerchantDetailsWrong, ValueFault
from pas.web.forms import Form


def refuse_beside(form: Form, refusal: Refusal, *, otherwise: str) -> None:
    """Each fault at its own field; what is about none of them at the field ``otherwise``."""
    if isinstance(refusal, MerchantDetailsWrong):
        for fault in msgspec.convert(refusal.extra["errors"], list[ValueFault]):
            form.refuse(fault.field, fault.message)
    else:
        form.refuse(otherwise, f"{refusal.detail} {refusal.next_step}")
