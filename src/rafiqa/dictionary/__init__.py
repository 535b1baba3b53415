"""The one data dictionary: every field, unit, code list, label and sensitivity class, once.

Holds the data (``data/*.toml``), its typed loader, the check of rows against it, the forms
that ask for its fields, and the pages made from it. It may not know land, ledger or any file
format: it says what a value must be, not what follows from it.
"""

from rafiqa.dictionary.bad import Bad
from rafiqa.dictionary.codelist import Code, CodeList
from rafiqa.dictionary.column import Columns, match_columns
from rafiqa.dictionary.country import CountryForms, country_forms
from rafiqa.dictionary.document import document
from rafiqa.dictionary.field import Field, FieldType, Limits, Requirement
from rafiqa.dictionary.form import Asked, Condition, Form
from rafiqa.dictionary.formdocument import form_document
from rafiqa.dictionary.formpack import FormPack, form_pack
from rafiqa.dictionary.label import LANGUAGES, Labels, LabelSource
from rafiqa.dictionary.load import Dictionary, dictionary, load
from rafiqa.dictionary.moment import day, instant_us
from rafiqa.dictionary.number import decimal_number, whole_number
from rafiqa.dictionary.public import PublicField, PublicFiles, public_files, whitelist_of
from rafiqa.dictionary.record import Record
from rafiqa.dictionary.retention import Retention, retention
from rafiqa.dictionary.term import Term
from rafiqa.dictionary.tier import TIERS, entry_tiers, told_to_everybody, told_to_staff
from rafiqa.dictionary.validate import Manner, RowCheck, check_row, row_check
from rafiqa.dictionary.wording import is_destroyed, is_misread, worded

__all__ = [
    "LANGUAGES",
    "TIERS",
    "Asked",
    "Bad",
    "Code",
    "CodeList",
    "Columns",
    "Condition",
    "CountryForms",
    "Dictionary",
    "Field",
    "FieldType",
    "Form",
    "FormPack",
    "LabelSource",
    "Labels",
    "Limits",
    "Manner",
    "PublicField",
    "PublicFiles",
    "Record",
    "Requirement",
    "Retention",
    "RowCheck",
    "Term",
    "check_row",
    "country_forms",
    "day",
    "decimal_number",
    "dictionary",
    "document",
    "entry_tiers",
    "form_document",
    "form_pack",
    "instant_us",
    "is_destroyed",
    "is_misread",
    "load",
    "match_columns",
    "public_files",
    "retention",
    "row_check",
    "told_to_everybody",
    "told_to_staff",
    "whitelist_of",
    "whole_number",
    "worded",
]
