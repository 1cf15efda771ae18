#ifndef BANKOPS_TESTS_COMPLAINT_TEXTS_H
#define BANKOPS_TESTS_COMPLAINT_TEXTS_H

/* Invented messages to a bank in two languages; the last of each class are for asking. */
struct labelled {
    const char *label, *text;
};

static const struct labelled learned[] = {
    {"card", "My credit card has not arrived yet"},
    {"card", "When will the new card be delivered?"},
    {"card", "The card was swallowed by the machine"},
    {"card", "I lost my debit card and want it blocked"},
    {"card", "信用卡一直没有寄到"},
    {"card", "我的卡被柜员机吞了"},
    {"card", "借记卡丢了，请马上挂失"},
    {"card", "新卡什么时候能寄到？"},
    {"fee", "Why was I charged an annual fee"},
    {"fee", "This charge is too high, refund the fee please"},
    {"fee", "You took a fee for the transfer without telling me"},
    {"fee", "Unexpected charges on my statement"},
    {"fee", "为什么扣了年费"},
    {"fee", "转账手续费太高，要求退费"},
    {"fee", "没有告知就收取手续费"},
    {"fee", "账单上有不明收费"},
    {"loan", "My mortgage application is still pending"},
    {"loan", "The loan was refused without a reason"},
    {"loan", "I want to repay the loan early"},
    {"loan", "The interest rate of my mortgage is wrong"},
    {"loan", "房贷申请一直没有审批"},
    {"loan", "贷款被拒绝没有说明理由"},
    {"loan", "我想提前还贷"},
    {"loan", "房贷利率算错了"},
};

static const struct labelled asked[] = {
    {"card", "where is my card, it did not arrive"},
    {"card", "我的信用卡丢了"},
    {"fee", "please refund this charge, the fee was not announced"},
    {"fee", "年费收取不合理，请退费"},
    {"loan", "repay my mortgage early"},
    {"loan", "贷款审批太慢"},
};

#endif
