"""How does a workbook want to be calculated?"""

from xlcalc.ooxml.markup import attributes_of, element
from xlcalc.ooxml.package import Package

_PROPERTIES = element(b"calcPr")


def iterates(package: Package) -> bool:
    """Whether Excel iterates where cells follow from each other in a circle."""
    properties = _PROPERTIES.search(package.part(package.workbook_part))
    return properties is not None and attributes_of(properties[2]).get("iterate") in {"1", "true"}
