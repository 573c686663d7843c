"""How does a template become a file?

Its book is authored in a language, its formulas are written in a dialect and calculated once, and
the values stand behind the formulas. The same template and form give the same bytes.
"""

from xlcalc import templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import calculated
from xlcalc.dialects import Form, convert_package
from xlcalc.ooxml.package import Package


def default_dialect(name: str) -> str:
    """Return the dialect in which a template is made if nothing else is asked for."""
    return "lambda" if name in templates.PORTABLE_ONLY else "udf"


def build_template(name: str, form: Form = Form()) -> bytes:
    """Return a template as an xlsx file with the cached values of all its formulas.

    Parameters
    ----------
    name : str
        Name of the template.
    form : Form, optional
        Dialect, namespace and language; the template's own dialect and English if left out.

    Raises
    ------
    TemplateNotFoundError
        If no template has the name.
    DialectError
        If the dialect is unknown, or a function has no form in it.
    UsageError
        If there is no such language.
    """
    dialect = form.dialect or default_dialect(name)
    live = Form("udf" if dialect == "values" else dialect, form.namespace, form.language)
    package = calculated(WorkbookModel(authored_template(name, live), f"{name}.xlsx"))
    if dialect == "values":
        package = convert_package(package, dialect).package
    return package.to_bytes()


def authored_template(name: str, form: Form) -> Package:
    """Return a template in a dialect that calculates, its formulas not yet calculated."""
    package = templates.author(name, form.language or "en").to_package()
    package.name = f"the template {name}"
    dialect = form.dialect or default_dialect(name)
    if dialect == "udf":
        return package
    return convert_package(package, dialect, form.namespace).package
