"""What leads to a person and is not in the file with everything about them, each with the reason."""

from collections.abc import Mapping
from typing import Final

LEFT_OUT: Final[Mapping[str, str]] = {
    "account": "An account of a merchant or a payout; what is on a person's own accounts is in lines.",
    "assessment": "A run over everybody; what it decided about a person is in decisions.",
    "card_print": "Codes that are still to be printed: whoever has them can pay.",
    "contact_check": "A code that was sent to prove an address, for an hour; the address is in contacts.",
    "event_content": "The same change in the words of the program, with names of colleagues.",
    "holder_contact": "Encrypted; opened for the person alone, it is in contacts.",
    "former_state": "How a card stood a while ago, for sales that come in late; it is in changes.",
    "helper_application": "It names nobody any more once a person was found for it.",
    "import_row": "A working list of a file; what came of it is in person. It is deleted within weeks.",
    "known_device": "A keyed hash of a device and nothing else: nobody can read it.",
    "mandate": "Who may see the pass for somebody; its making and its end are in changes.",
    "merchant_registration": "About a club or shop.",
    "offline_sale": "About a sale of a till; what it took is in lines.",
    "signal_sale": "Sales of a merchant that are looked into; the sales are in lines.",
    "sign_in_try": "How often a code was wrong since the last wait; per day it is in signIns.",
    "takeover_row": "A row of a list that waits to be booked; it names nobody once it is.",
    "telephone_link": "A link that works once, for minutes; the telephone is in cards.",
    "usable_change": "Until when a budget can be used; what holds now is in budgets.",
    "payee_invoice": "An invoice of a supplier; what it took is in lines.",
    "voucher": "It says of no person whom it is for.",
}
