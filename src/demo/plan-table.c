#include "demo/plan.h"

#include <stddef.h>

const struct plan_tier plan_tiers[PLAN_TIERS] = {
    {"standard", "普通", "Standard", 0},       {"silver", "银卡", "Silver", 5000000},
    {"gold", "金卡", "Gold", 20000000},        {"platinum", "白金", "Platinum", 50000000},
    {"diamond", "钻石", "Diamond", 200000000}, {"private", "私人银行", "Private", 1000000000},
};

const struct plan_product plan_products[] = {
    {"SAV", "savings", "活期储蓄", "Savings account", NULL, "CNY"},
    {"CUR", "current", "单位活期", "Corporate current account", NULL, "CNY"},
    {"USD", "savings", "美元活期", "US dollar account", NULL, "USD"},
    {"TD03", "deposit", "三个月定期", "Term deposit 3 months", NULL, "CNY"},
    {"TD12", "deposit", "一年定期", "Term deposit 1 year", NULL, "CNY"},
    {"TD36", "deposit", "三年大额存单", "Certificate of deposit 3 years", NULL, "CNY"},
    {"CC", "card", "标准信用卡", "Credit card", NULL, "CNY"},
    {"CCG", "card", "白金信用卡", "Platinum credit card", NULL, "CNY"},
    {"LNH", "loan", "个人住房贷款", "Mortgage", NULL, "CNY"},
    {"LNC", "loan", "个人消费贷款", "Consumer loan", NULL, "CNY"},
    {"LNB", "loan", "小微企业经营贷款", "Small business loan", NULL, "CNY"},
    {"WMP-D1", "wealth", "日日盈现金管理", "Daily cash management", "R1", "CNY"},
    {"WMP-H6", "wealth", "稳享半年开放式", "Steady six-month open-ended", "R2", "CNY"},
    {"WMP-Y1", "wealth", "稳享一年封闭式", "Steady one-year closed-ended", "R2", "CNY"},
    {"WMP-G3", "wealth", "进取三年固收增强", "Growth three-year fixed income plus", "R3", "CNY"},
    {"FND-0003", "fund", "天天货币市场基金A", "Daily money market fund A", "R1", "CNY"},
    {"FND-0017", "fund", "双利债券基金A", "Dual income bond fund A", "R2", "CNY"},
    {"FND-0042", "fund", "均衡配置混合基金", "Balanced allocation fund", "R3", "CNY"},
    {"FND-0088", "fund", "科创成长股票基金", "Innovation growth equity fund", "R4", "CNY"},
    {"FND-0091", "fund", "沪深指数增强基金", "Enhanced index fund", "R4", "CNY"},
    {"FND-0120", "fund", "全球精选股票基金", "Global select equity fund", "R5", "CNY"},
    {"INS-L20", "insurance", "安享终身寿险", "Whole life insurance", "R1", "CNY"},
    {"INS-A10", "insurance", "金秋养老年金", "Golden autumn annuity", "R2", "CNY"},
    {"MET-G", "metal", "积存金", "Gold accumulation", "R3", "CNY"},
    {"BND-T3", "bond", "三年期储蓄国债", "Three-year savings bond", "R1", "CNY"},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct plan_tag plan_tags[] = {
    {"home-buyer", "购房需求", "Wants to buy a home", "need"},
    {"education", "子女教育", "Saves for education", "need"},
    {"pension", "养老规划", "Plans for retirement", "need"},
    {"business-loan", "经营融资", "Needs business credit", "need"},
    {"app-active", "手机银行活跃", "Active in the app", "behaviour"},
    {"night-shopper", "夜间消费", "Shops at night", "behaviour"},
    {"traveller", "差旅频繁", "Travels often", "behaviour"},
    {"branch-visitor", "偏好网点", "Prefers the branch", "behaviour"},
    {"salary", "代发工资", "Salary paid here", "value"},
    {"deposit-leaver", "存款流失预警", "Deposits leaving", "value"},
    {"wealth-fan", "理财偏好", "Likes wealth products", "value"},
    {"fund-holder", "持有基金", "Holds funds", "value"},
    {"fee-sensitive", "费用敏感", "Sensitive to fees", "service"},
    {"large-type", "大字版服务", "Needs large type", "service"},
    {"english", "英语服务", "Served in English", "service"},
    {"phone-first", "偏好电话联系", "Prefers a phone call", "service"},
    {"id-expiring", "证件将到期", "Identity document expiring", "risk"},
    {"fraud-victim", "曾遇诈骗", "Was a victim of fraud", "risk"},
    {"multi-debt", "多头借贷", "Borrows from many", "risk"},
    {NULL, NULL, NULL, NULL},
};

const struct plan_campaign plan_campaigns[PLAN_CAMPAIGNS] = {
    {"SPRING", "新春开门红存款", "New year deposits", "grow", "reviewed", -10, -9, 1200},
    {"CARD-ACT", "信用卡首刷有礼", "First purchase reward", "acquire", "reviewed", -8, -6, 900},
    {"SLEEPER", "睡眠客户唤醒", "Wake the sleepers", "reactivate", "ended", -5, -3, 700},
    {"SALARY", "代发客户专享理财", "Wealth for salary customers", "grow", "ended", -3, -1, 800},
    {"PENSION", "个人养老金开户", "Pension account opening", "acquire", "running", -1, 2, 1000},
    {"KEEP-GOLD", "金卡客户关怀", "Care for gold customers", "retain", "running", -1, 1, 600},
    {"APP-SAFE", "反诈安全提醒", "Fraud awareness", "service", "running", 0, 1, 1500},
    {"YEAR-END", "岁末感恩积分加倍", "Double points at year end", "retain", "scheduled", 1, 2, 500},
};

const struct plan_benefit plan_benefits[] = {
    {"fee-waiver", "fee", "免费跨行转账", "Free transfers", "month",
     {0, 5, 20, PLAN_UNLIMITED, PLAN_UNLIMITED, PLAN_UNLIMITED}},
    {"counter", "service", "贵宾窗口", "Priority counter", "month",
     {0, 0, PLAN_UNLIMITED, PLAN_UNLIMITED, PLAN_UNLIMITED, PLAN_UNLIMITED}},
    {"lounge", "travel", "机场贵宾厅", "Airport lounge", "year", {0, 0, 2, 6, 12, PLAN_UNLIMITED}},
    {"roadside", "travel", "道路救援", "Roadside help", "year", {0, 0, 1, 2, 3, 3}},
    {"check-up", "health", "健康体检", "Health check", "year", {0, 0, 0, 1, 2, 4}},
    {"birthday", "gift", "生日礼遇", "Birthday gift", "year", {0, 1, 1, 1, 1, 1}},
    {"adviser", "service", "投资顾问面谈", "Adviser meeting", "quarter", {0, 0, 0, 1, 2, 6}},
    {"safe-box", "service", "保管箱优惠", "Safe deposit box", "year", {0, 0, 0, 0, 1, 1}},
    {NULL, NULL, NULL, NULL, NULL, {0}},
};
