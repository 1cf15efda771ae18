-- The three axes of JR/T 0169-2018: A channel of handling, B business, C reason.
-- The numeric codes of the standard are not public: `code` is provisional, std_code is filled from
-- the bought standard. cfpb_code names the product (B) or issue (C) of the CFPB taxonomy.

CREATE TABLE bank.class_code (
    axis      char(1) NOT NULL CHECK (axis IN ('A', 'B', 'C')),
    code      text COLLATE "C" NOT NULL,
    parent    text COLLATE "C",
    label_en  text NOT NULL,
    label_zh  text NOT NULL,
    std_code  text CHECK (std_code ~ '^[0-9A-Za-z.-]{1,12}$'),
    cfpb_code text CHECK (length(cfpb_code) BETWEEN 1 AND 100 AND cfpb_code !~ '[[:cntrl:]]'),
    active    boolean NOT NULL DEFAULT true,
    version   bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (axis, code),
    FOREIGN KEY (axis, parent) REFERENCES bank.class_code (axis, code)
);
SELECT bank.table_protect('bank.class_code', 'SELECT');

INSERT INTO bank.class_code (axis, code, parent, label_en, label_zh) VALUES
    ('A', 'A01', NULL,  'Branch counter', '营业现场'),
    ('A', 'A02', NULL,  'Self-service machine', '自助机具'),
    ('A', 'A03', NULL,  'Electronic channel', '电子渠道'),
    ('A', 'A031', 'A03', 'Online bank', '网上银行'),
    ('A', 'A032', 'A03', 'Telephone bank', '电话银行'),
    ('A', 'A033', 'A03', 'Mobile app', '移动客户端'),
    ('A', 'A034', 'A03', 'Public platform', '网络公众平台'),
    ('A', 'A035', 'A03', 'Text message', '短信'),
    ('A', 'A039', 'A03', 'Other electronic channel', '其他电子渠道'),
    ('A', 'A04', NULL,  'Third party', '第三方渠道'),
    ('A', 'A05', NULL,  'Middle and back office', '中、后台业务渠道'),
    ('A', 'A99', NULL,  'Other channel', '其他渠道');

INSERT INTO bank.class_code (axis, code, label_en, label_zh, cfpb_code) VALUES
    ('B', 'B01', 'Savings', '人民币储蓄', 'Checking or savings account'),
    ('B', 'B02', 'Bank card', '银行卡', 'Credit card'),
    ('B', 'B03', 'Loan', '贷款', 'Payday loan, title loan, personal loan, or advance loan'),
    ('B', 'B04', 'Payment and settlement', '支付结算',
     'Money transfer, virtual currency, or money service'),
    ('B', 'B05', 'Own wealth products', '自营理财', NULL),
    ('B', 'B06', 'Agency business', '银行代理业务', NULL),
    ('B', 'B07', 'Other fee business', '其他中间业务', NULL),
    ('B', 'B08', 'Foreign exchange', '外汇',
     'Money transfer, virtual currency, or money service'),
    ('B', 'B09', 'Precious metals', '贵金属', NULL),
    ('B', 'B10', 'Treasury agency', '国库', NULL),
    ('B', 'B11', 'Cash management', '人民币管理', NULL),
    ('B', 'B12', 'Personal financial information', '个人金融信息', 'Credit reporting'),
    ('B', 'B13', 'Debt collection', '债务催收', 'Debt collection'),
    ('B', 'B99', 'Other business', '其他业务', NULL);

INSERT INTO bank.class_code (axis, code, label_en, label_zh, cfpb_code) VALUES
    ('C', 'C01', 'Service attitude and quality', '服务态度及服务质量', 'Managing an account'),
    ('C', 'C02', 'Facilities, devices, systems', '服务设施、设备、业务系统',
     'Problem when making payments'),
    ('C', 'C03', 'Rules and procedures', '管理制度、业务规则与流程', 'Managing an account'),
    ('C', 'C04', 'Selling methods', '营销方式和手段', 'Advertising and marketing'),
    ('C', 'C05', 'Disclosure', '信息披露', 'Advertising and marketing'),
    ('C', 'C06', 'Free choice', '自主选择权', 'Opening an account'),
    ('C', 'C07', 'Prices and fees', '定价收费', 'Fees or interest'),
    ('C', 'C08', 'Product yield', '产品收益', NULL),
    ('C', 'C09', 'Contract terms', '合同条款', 'Struggling to pay your loan'),
    ('C', 'C10', 'Safety of funds', '消费者资金安全', 'Fraud or scam'),
    ('C', 'C11', 'Safety of information', '消费者信息安全', 'Improper use of your report'),
    ('C', 'C12', 'Collection methods', '债务催收方式和手段', 'Communication tactics'),
    ('C', 'C99', 'Other reason', '其他原因', NULL);

-- What a form offers as choices: one view per axis.
CREATE VIEW api.class_code WITH (security_barrier) AS
    SELECT axis, code, parent, label_en, label_zh, std_code, cfpb_code
      FROM bank.class_code WHERE active;
CREATE VIEW api.class_channel WITH (security_barrier) AS
    SELECT code, label_en, label_zh FROM bank.class_code WHERE axis = 'A' AND active;
CREATE VIEW api.class_business WITH (security_barrier) AS
    SELECT code, label_en, label_zh FROM bank.class_code WHERE axis = 'B' AND active;
CREATE VIEW api.class_reason WITH (security_barrier) AS
    SELECT code, label_en, label_zh FROM bank.class_code WHERE axis = 'C' AND active;
SELECT bank.view_grant('class_code', 'staff');
SELECT bank.view_grant('class_channel', 'staff');
SELECT bank.view_grant('class_business', 'staff');
SELECT bank.view_grant('class_reason', 'staff');
