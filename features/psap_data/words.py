"""What 112 reads of an alert beside the facts, in Italian and English: on its page as in CAP."""

from __future__ import annotations

from typing import Final

from messages.ids import BriefingField

WORDS: Final[dict[str, tuple[str, str]]] = {
    "test": ("PROVA: non è un allarme reale.", "TEST: not a real alert."),
    "cannot": ("Non può parlare: non telefonarle.", "Cannot talk: do not phone her."),
    "on": ("In linea con il centro.", "On the line with the center."),
    "who": ("Chi", "Who"),
    BriefingField.WHAT: ("Che cosa", "What"),
    BriefingField.WEAPONS: ("Armi", "Weapons"),
    BriefingField.INJURED: ("Feriti", "Injured"),
    BriefingField.CHILDREN: ("Bambini", "Children"),
    BriefingField.WITH: ("Con lei", "With her"),
    "address": ("Abita", "Lives at"),
    "dangerous": ("Pericoloso", "Dangerous"),
    "medical": ("Salute", "Medical"),
    "court_order": ("Provvedimento", "Court order"),
    "reach": ("Come contattarla", "How to reach her"),
    "contact": ("Contatto", "Contact"),
}
"""Those of a record by the names of `model.record.facts`."""
