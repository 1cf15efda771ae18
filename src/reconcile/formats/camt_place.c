#include "reconcile/formats/camt_place.h"

#include "base/alloc.h"

#include <string.h>

#define INTO(name, place) {name, sizeof(name) - 1, place, CAMT_NONE, false}
#define READ(name, place) {name, sizeof(name) - 1, place, CAMT_NONE, true}
#define KEEP(name, slot) {name, sizeof(name) - 1, CAMT_TEXT, slot, true}

static const struct camt_step message[] = {
    INTO("Stmt", CAMT_STATEMENT), INTO("Rpt", CAMT_STATEMENT), INTO("Ntfctn", CAMT_STATEMENT),
    INTO("GrpHdr", CAMT_HEADER)};
static const struct camt_step header[] = {INTO("MsgPgntn", CAMT_PAGINATION)};
static const struct camt_step pagination[] = {READ("PgNb", CAMT_PAGE_NUMBER),
                                              READ("LastPgInd", CAMT_LAST_PAGE)};
static const struct camt_step statement[] = {
    INTO("Ntry", CAMT_ENTRY), INTO("Bal", CAMT_BALANCE), READ("Id", CAMT_STATEMENT_ID),
    READ("ElctrncSeqNb", CAMT_SEQUENCE), READ("LglSeqNb", CAMT_LEGAL_SEQUENCE),
    READ("CreDtTm", CAMT_CREATED), INTO("FrToDt", CAMT_PERIOD), INTO("Acct", CAMT_ACCOUNT),
    INTO("TxsSummry", CAMT_SUMMARY), INTO("StmtPgntn", CAMT_STATEMENT_PAGE),
    INTO("RptPgntn", CAMT_STATEMENT_PAGE), INTO("NtfctnPgntn", CAMT_STATEMENT_PAGE)};
static const struct camt_step period[] = {READ("FrDtTm", CAMT_FROM), READ("FrDt", CAMT_FROM),
                                          READ("ToDtTm", CAMT_TO), READ("ToDt", CAMT_TO)};
static const struct camt_step account[] = {INTO("Id", CAMT_ACCOUNT_ID),
                                           READ("Ccy", CAMT_ACCOUNT_CURRENCY)};
static const struct camt_step account_id[] = {
    READ("IBAN", CAMT_ACCOUNT_NUMBER), READ("Id", CAMT_ACCOUNT_NUMBER),
    READ("BBAN", CAMT_ACCOUNT_NUMBER), READ("UPIC", CAMT_ACCOUNT_NUMBER),
    INTO("Othr", CAMT_ACCOUNT_ID), INTO("PrtryAcct", CAMT_ACCOUNT_ID)};
static const struct camt_step balance[] = {
    INTO("Tp", CAMT_BALANCE_TYPE), READ("Amt", CAMT_BALANCE_AMOUNT),
    READ("CdtDbtInd", CAMT_BALANCE_SIGN), INTO("Dt", CAMT_BALANCE_DATE)};
static const struct camt_step balance_type[] = {INTO("CdOrPrtry", CAMT_BALANCE_TYPE),
                                                READ("Cd", CAMT_BALANCE_CODE)};
static const struct camt_step balance_date[] = {READ("Dt", CAMT_BALANCE_DAY),
                                                READ("DtTm", CAMT_BALANCE_DAY)};
static const struct camt_step summary[] = {INTO("TtlNtries", CAMT_ALL),
                                           INTO("TtlCdtNtries", CAMT_CREDITS),
                                           INTO("TtlDbtNtries", CAMT_DEBITS)};
/* Until version 2 the net amount stands here, later it has an element of its own. */
static const struct camt_step total[] = {
    READ("NbOfNtries", CAMT_NUMBER_OF), READ("Sum", CAMT_SUM_OF), INTO("TtlNetNtry", CAMT_ALL),
    READ("TtlNetNtryAmt", CAMT_NET_OF), READ("Amt", CAMT_NET_OF), READ("CdtDbtInd", CAMT_SIGN)};
static const struct camt_step entry[] = {
    READ("Amt", CAMT_AMOUNT), READ("CdtDbtInd", CAMT_SIGN), READ("Sts", CAMT_STATUS),
    INTO("BookgDt", CAMT_BOOKING), INTO("ValDt", CAMT_VALUE), INTO("BkTxCd", CAMT_CODE),
    INTO("NtryDtls", CAMT_DETAILS), KEEP("NtryRef", CAMT_ENTRY_REFERENCE),
    KEEP("AcctSvcrRef", CAMT_SERVICER_REFERENCE), READ("RvslInd", CAMT_REVERSAL),
    KEEP("AddtlNtryInf", CAMT_INFORMATION), INTO("Chrgs", CAMT_CHARGES), INTO("Btch", CAMT_BATCH),
    INTO("TxDtls", CAMT_DETAIL)};
static const struct camt_step status[] = {READ("Cd", CAMT_STATUS)};
static const struct camt_step booking[] = {READ("Dt", CAMT_BOOKING_DAY),
                                           READ("DtTm", CAMT_BOOKING_DAY)};
static const struct camt_step value[] = {READ("Dt", CAMT_VALUE_DAY), READ("DtTm", CAMT_VALUE_DAY)};
static const struct camt_step code[] = {INTO("Domn", CAMT_DOMAIN), INTO("Prtry", CAMT_PROPRIETARY)};
static const struct camt_step domain[] = {KEEP("Cd", CAMT_DOMAIN_CODE), INTO("Fmly", CAMT_FAMILY)};
static const struct camt_step family[] = {KEEP("Cd", CAMT_FAMILY_CODE),
                                          KEEP("SubFmlyCd", CAMT_SUBFAMILY_CODE)};
static const struct camt_step proprietary[] = {KEEP("Cd", CAMT_PROPRIETARY_CODE)};
static const struct camt_step charges[] = {READ("TtlChrgsAndTaxAmt", CAMT_CHARGE_TOTAL)};
static const struct camt_step details[] = {INTO("TxDtls", CAMT_DETAIL), INTO("Btch", CAMT_BATCH)};
static const struct camt_step batch[] = {KEEP("MsgId", CAMT_BATCH_MESSAGE_ID),
                                         KEEP("PmtInfId", CAMT_BATCH_PAYMENT_ID),
                                         READ("NbOfTxs", CAMT_BATCH_NUMBER)};
static const struct camt_step detail[] = {
    INTO("Refs", CAMT_REFERENCES), READ("Amt", CAMT_DETAIL_AMOUNT),
    READ("CdtDbtInd", CAMT_DETAIL_SIGN), INTO("AmtDtls", CAMT_AMOUNTS), INTO("BkTxCd", CAMT_CODE),
    INTO("RltdPties", CAMT_PARTIES), INTO("RmtInf", CAMT_REMITTANCE), INTO("Chrgs", CAMT_CHARGES),
    KEEP("AddtlTxInf", CAMT_INFORMATION)};
static const struct camt_step references[] = {
    KEEP("EndToEndId", CAMT_END_TO_END), KEEP("UETR", CAMT_UETR),
    KEEP("TxId", CAMT_TRANSACTION_ID), KEEP("InstrId", CAMT_INSTRUCTION_ID),
    KEEP("AcctSvcrRef", CAMT_SERVICER_REFERENCE), KEEP("PmtInfId", CAMT_PAYMENT_ID),
    KEEP("ClrSysRef", CAMT_CLEARING_REFERENCE)};
static const struct camt_step amounts[] = {INTO("TxAmt", CAMT_TRANSACTION_AMOUNT),
                                           INTO("InstdAmt", CAMT_INSTRUCTED_AMOUNT),
                                           INTO("CntrValAmt", CAMT_COUNTER_AMOUNT)};
static const struct camt_step transaction_amount[] = {READ("Amt", CAMT_TRANSACTION_AMOUNT)};
static const struct camt_step counter_amount[] = {READ("Amt", CAMT_COUNTER_AMOUNT)};
static const struct camt_step instructed_amount[] = {READ("Amt", CAMT_INSTRUCTED_AMOUNT)};
static const struct camt_step parties[] = {INTO("Dbtr", CAMT_DEBTOR), INTO("Cdtr", CAMT_CREDITOR),
                                           INTO("UltmtDbtr", CAMT_ULTIMATE_DEBTOR),
                                           INTO("UltmtCdtr", CAMT_ULTIMATE_CREDITOR)};
#define PARTY(place, slot)                                                                         \
    {INTO("Pty", place), KEEP("Nm", slot), INTO("Agt", place), INTO("FinInstnId", place)}
static const struct camt_step debtor[] = PARTY(CAMT_DEBTOR, CAMT_DEBTOR_NAME);
static const struct camt_step creditor[] = PARTY(CAMT_CREDITOR, CAMT_CREDITOR_NAME);
static const struct camt_step ultimate_debtor[] =
    PARTY(CAMT_ULTIMATE_DEBTOR, CAMT_ULTIMATE_DEBTOR_NAME);
static const struct camt_step ultimate_creditor[] =
    PARTY(CAMT_ULTIMATE_CREDITOR, CAMT_ULTIMATE_CREDITOR_NAME);
static const struct camt_step remittance[] = {KEEP("Ustrd", CAMT_UNSTRUCTURED),
                                              INTO("Strd", CAMT_STRUCTURED)};
static const struct camt_step structured[] = {
    INTO("CdtrRefInf", CAMT_CREDITOR_REFERENCE), INTO("RfrdDocInf", CAMT_DOCUMENT),
    KEEP("AddtlRmtInf", CAMT_STRUCTURED_TEXT)};
static const struct camt_step creditor_reference[] = {KEEP("Ref", CAMT_STRUCTURED_REFERENCE),
                                                      KEEP("CdtrRef", CAMT_STRUCTURED_REFERENCE)};
static const struct camt_step document[] = {KEEP("Nb", CAMT_STRUCTURED_TEXT),
                                            KEEP("RfrdDocNb", CAMT_STRUCTURED_TEXT)};

#define LIST(steps) {steps, ARRAY_LENGTH(steps)}
static const struct {
    const struct camt_step *list;
    size_t count;
} places[CAMT_PLACES] = {
    [CAMT_MESSAGE] = LIST(message),
    [CAMT_HEADER] = LIST(header),
    [CAMT_PAGINATION] = LIST(pagination),
    [CAMT_STATEMENT] = LIST(statement),
    [CAMT_STATEMENT_PAGE] = LIST(pagination),
    [CAMT_PERIOD] = LIST(period),
    [CAMT_ACCOUNT] = LIST(account),
    [CAMT_ACCOUNT_ID] = LIST(account_id),
    [CAMT_BALANCE] = LIST(balance),
    [CAMT_BALANCE_TYPE] = LIST(balance_type),
    [CAMT_BALANCE_DATE] = LIST(balance_date),
    [CAMT_SUMMARY] = LIST(summary),
    [CAMT_ALL] = LIST(total),
    [CAMT_CREDITS] = LIST(total),
    [CAMT_DEBITS] = LIST(total),
    [CAMT_ENTRY] = LIST(entry),
    [CAMT_STATUS] = LIST(status),
    [CAMT_BOOKING] = LIST(booking),
    [CAMT_VALUE] = LIST(value),
    [CAMT_CODE] = LIST(code),
    [CAMT_DOMAIN] = LIST(domain),
    [CAMT_FAMILY] = LIST(family),
    [CAMT_PROPRIETARY] = LIST(proprietary),
    [CAMT_CHARGES] = LIST(charges),
    [CAMT_DETAILS] = LIST(details),
    [CAMT_BATCH] = LIST(batch),
    [CAMT_DETAIL] = LIST(detail),
    [CAMT_REFERENCES] = LIST(references),
    [CAMT_AMOUNTS] = LIST(amounts),
    [CAMT_TRANSACTION_AMOUNT] = LIST(transaction_amount),
    [CAMT_COUNTER_AMOUNT] = LIST(counter_amount),
    [CAMT_INSTRUCTED_AMOUNT] = LIST(instructed_amount),
    [CAMT_PARTIES] = LIST(parties),
    [CAMT_DEBTOR] = LIST(debtor),
    [CAMT_CREDITOR] = LIST(creditor),
    [CAMT_ULTIMATE_DEBTOR] = LIST(ultimate_debtor),
    [CAMT_ULTIMATE_CREDITOR] = LIST(ultimate_creditor),
    [CAMT_REMITTANCE] = LIST(remittance),
    [CAMT_STRUCTURED] = LIST(structured),
    [CAMT_CREDITOR_REFERENCE] = LIST(creditor_reference),
    [CAMT_DOCUMENT] = LIST(document),
};

static bool begins(const char *name, size_t length, const char *with)
{
    size_t wanted = strlen(with);
    return length >= wanted && !memcmp(name, with, wanted);
}

/* Around the message any envelope may stand; the first version names it with a suffix V01. */
static const struct camt_step *root_step(const char *name, size_t length)
{
    static const struct camt_step envelope = INTO("", CAMT_ROOT), body = INTO("", CAMT_MESSAGE);
    return begins(name, length, "BkToCstmr") ? &body : &envelope;
}

const struct camt_step *camt_place_step(enum camt_place from, const char *name, size_t length)
{
    const struct camt_step *steps = places[from].list;
    if (from == CAMT_ROOT)
        return root_step(name, length);
    for (size_t i = 0; i < places[from].count; i++)
        if (steps[i].length == length && steps[i].name[0] == name[0] &&
            !memcmp(steps[i].name, name, length))
            return &steps[i];
    return NULL;
}
