"""What does a workbook take and give, so that a new version of it can be held to that?

A contract is a JSON Schema that `contract_of` writes from the workbook itself: names, units,
kinds, domains and defaults. `refuse_breach` compares a workbook with the contract that it was
given, and says in one sentence what it breaks. `manifest_of` writes the same as SheetPort YAML.
"""

from xlcalc.contracts.breaches import breaches as breaches
from xlcalc.contracts.breaches import read_contract as read_contract
from xlcalc.contracts.breaches import refuse_breach as refuse_breach
from xlcalc.contracts.schema import contract_of as contract_of
from xlcalc.contracts.sheetport import manifest_of as manifest_of
