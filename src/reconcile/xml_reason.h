#ifndef BANKOPS_RECONCILE_XML_REASON_H
#define BANKOPS_RECONCILE_XML_REASON_H

#include <expat.h>

/* Why expat gave up, in the user's language; what is rare in expat's own English. */
const char *xml_reason(enum XML_Error code);

#endif
