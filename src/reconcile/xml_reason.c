#include "reconcile/xml_reason.h"

#include "base/language.h"

const char *xml_reason(enum XML_Error code)
{
    switch (code) {
    case XML_ERROR_NO_ELEMENTS:
        return _("it ends before its first element is closed");
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_PARTIAL_CHAR:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
        return _("it ends in the middle of a tag or character");
    case XML_ERROR_INVALID_TOKEN:
    case XML_ERROR_SYNTAX:
        return _("a character stands where none may");
    case XML_ERROR_TAG_MISMATCH:
        return _("an element is closed that is not the open one");
    case XML_ERROR_DUPLICATE_ATTRIBUTE:
        return _("an attribute stands twice");
    case XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
        return _("something follows its last element");
    case XML_ERROR_UNDEFINED_ENTITY:
        return _("it names an entity that is not declared");
    case XML_ERROR_UNKNOWN_ENCODING:
    case XML_ERROR_INCORRECT_ENCODING:
        return _("its encoding is unknown or another one than it says");
    default:
        return XML_ErrorString(code);
    }
}
