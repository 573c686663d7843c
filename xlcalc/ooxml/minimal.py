"""What is the least workbook that every program reads?

One sheet with some rows, and the styles that a program may ask for.
"""

from html import escape

from xlcalc.ooxml.package import Package

_STYLES = (
    '<styleSheet xmlns="{main}"><fonts count="1"><font><sz val="10"/><name val="Arial"/></font>'
    '</fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def minimal_workbook(sheet: str, rows: str, name: str) -> Package:
    """Return a workbook of one sheet.

    Parameters
    ----------
    sheet : str
        Name of the sheet.
    rows : str
        XML of its rows.
    name : str
        What to call the workbook in a sentence.
    """
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relationships = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def relations(**targets: str) -> bytes:
        listed = "".join(
            f'<Relationship Id="rId{number}" Type="{document}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets.items(), start=1)
        )
        return f'<Relationships xmlns="{relationships}">{listed}</Relationships>'.encode()

    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
            "</Types>"
        ).encode(),
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": relations(
            worksheet="worksheets/sheet1.xml", styles="styles.xml"
        ),
        "xl/styles.xml": _STYLES.format(main=main).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{document}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
        ).encode(),
    }
    return Package.of_parts(parts, name)
