from .bad import Bad
from .codelist import Code, CodeList
from .column import Columns, match_columns
from .country import CountryForms, country_forms
from .document import document
from .field import Field, FieldType, Limits, Requirement
from .form import Asked, Condition, Form
from .formdocument import form_document
from .formpack import FormPack, form_pack
from .label import LANGUAGES, Labels, LabelSource
from .load import Dictionary, dictionary, load
from .moment import day, instant_us
from .number import decimal_number, whole_number
from .public import PublicField, PublicFiles, public_files, whitelist_of
from .record import Record
from .retention import Retention, retention
from .term import Term
from .tier import TIERS, entry_tiers, told_to_everybody, told_to_staff
from .validate import Manner, RowCheck, check_row, row_check
from .wording import is_destroyed, is_misread, worded

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
