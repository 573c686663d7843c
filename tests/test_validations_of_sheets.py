"""The rules of a sheet for what may be typed into its cells, as the file has them."""

from xlcalc.ooxml.validations import validations


def test_validations_are_read():
    sheet = (
        b'<worksheet><sheetData/><dataValidations count="2"><dataValidation type="decimal" '
        b'operator="greaterThan" showErrorMessage="1" sqref="B2 C3:D4" error="a &gt; b > c">'
        b'<formula1>0</formula1></dataValidation><dataValidation type="list" errorStyle="warning" '
        b'showErrorMessage="1" sqref="A1"><formula1>"a,b"</formula1></dataValidation>'
        b"</dataValidations></worksheet>"
    )
    number, entries = validations(sheet)
    assert ("decimal", "greaterThan", True, ("0",)) == (
        number.kind, number.operator, number.strict, number.formulas,
    )  # fmt: skip
    assert [True, True, False] == [number.covers(p) for p in ((2, 2), (4, 4), (1, 1))]
    assert ("list", False, ('"a,b"',)) == (entries.kind, entries.strict, entries.formulas)


def test_whole_columns_and_rows_of_a_validation_end_where_sheets_do():
    sheet = b'<worksheet><dataValidation type="list" sqref="B:B 3:4"/></worksheet>'
    [rule] = validations(sheet)
    assert ((2, 1, 2, 1_048_576), (1, 3, 16_384, 4)) == rule.boxes
    assert [True, True, False] == [rule.covers(p) for p in ((999, 2), (3, 999), (5, 1))]


def test_a_rule_in_the_extension_of_a_sheet_is_read_as_any_other():
    sheet = (
        b'<worksheet><sheetData/><extLst><ext uri="{x}"><x14:dataValidations count="1">'
        b'<x14:dataValidation type="whole" allowBlank="1" showErrorMessage="1">'
        b"<x14:formula1><xm:f>'A &amp; B'!$A$1</xm:f></x14:formula1>"
        b"<x14:formula2><xm:f>9</xm:f></x14:formula2><xm:sqref>C3 B5:B6</xm:sqref>"
        b"</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    [rule] = validations(sheet)
    assert ("whole", True, True, ("'A & B'!$A$1", "9")) == (
        rule.kind, rule.strict, rule.allows_blank, rule.formulas,
    )  # fmt: skip
    assert ((3, 3, 3, 3), (2, 5, 2, 6)) == rule.boxes
    assert (3, 2) == rule.corner


def test_entries_are_those_of_a_typed_list_alone():
    rules = validations(
        b'<dataValidation type="list" sqref="A1"><formula1>" H100,A100 , ""B"""</formula1>'
        b'</dataValidation><dataValidation type="list" sqref="A2"><formula1>$C$1:$C$2</formula1>'
        b'</dataValidation><dataValidation type="list" sqref="A3"><mc:AlternateContent><mc:Choice '
        b'Requires="x12ac"><x12ac:list>1,"2, or 3",4</x12ac:list></mc:Choice><mc:Fallback>'
        b'<formula1>"1,2, or 3,4"</formula1></mc:Fallback></mc:AlternateContent></dataValidation>'
    )
    assert [("H100", "A100", '"B"'), None, ("1", "2, or 3", "4")] == [r.entries for r in rules]
