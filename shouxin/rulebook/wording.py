"""The codes of the rule pack in words, zh and en; a code without words is shown as it stands."""

from collections.abc import Mapping

from shouxin.core.text import Text
from shouxin.rulebook.catalogue.models import RetentionRule
from shouxin.rulebook.showing import language

UNITS: Mapping[str, Text] = {
    "year": Text("年", "years"),
    "month": Text("个月", "months"),
    "day": Text("天", "days"),
    "minute": Text("分钟", "minutes"),
}
PERMANENT = Text("永久", "for ever")
AT_ONCE = Text("目的实现后即时", "as soon as the purpose is achieved")
NO_MINIMUM = Text("无法定下限", "no statutory minimum")

STARTS: Mapping[str, Text] = {
    "adverse_event_end": Text("不良信息终止", "end of the adverse event"),
    "asset_scrapped": Text("资产报废", "asset scrapped"),
    "backup_time": Text("备份完成", "backup made"),
    "call_time": Text("通话", "call"),
    "capture_time": Text("采集", "capture"),
    "case_closed": Text("事项办结", "case closed"),
    "collection": Text("收集", "collection"),
    "consent_end_or_purpose_end": Text("同意终止或目的终止", "end of consent or purpose"),
    "contract_end": Text("合同终止", "end of contract"),
    "created": Text("生成", "creation"),
    "decision_date": Text("作出决定", "decision"),
    "destroyed_at": Text("销毁", "destruction"),
    "employment_end": Text("劳动关系终止", "end of employment"),
    "event_time": Text("事件发生", "event"),
    "fiscal_year_end": Text("会计年度终了", "end of the fiscal year"),
    "incident_closed": Text("事件结案", "incident closed"),
    "issue_date": Text("开具", "issue"),
    "issued": Text("签发", "issue"),
    "last_effective_contact": Text("最后一次有效联系", "last effective contact"),
    "lease_settled": Text("租赁结清", "lease settled"),
    "leave_date": Text("离职", "leaving"),
    "liquidation_start": Text("清算开始", "start of liquidation"),
    "opt_out": Text("拒绝", "objection"),
    "provision_date": Text("对外提供", "provision"),
    "purpose_end": Text("目的终止", "end of purpose"),
    "query_date": Text("查询", "query"),
    "record_date": Text("记录形成", "record made"),
    "relationship_end": Text("客户关系终止", "end of the customer relationship"),
    "report_date": Text("报告", "report"),
    "request": Text("提出请求", "request"),
    "ticket_closed": Text("办结", "case closed"),
    "transaction": Text("交易", "transaction"),
    "transaction_completed": Text("交易完成", "transaction completed"),
    "transaction_end": Text("交易结束", "end of transaction"),
    "validity_end": Text("有效期届满", "end of validity"),
    "verification_done": Text("核验完成", "verification done"),
    "warranty_end": Text("质保期满", "end of warranty"),
}
ACTIONS: Mapping[str, Text] = {
    "appraisal + supervised destruction": Text("鉴定后监销", "appraisal, then supervised destruction"),
    "archive": Text("归档", "archive"),
    "delete": Text("删除", "delete"),
    "delete or archive": Text("删除或归档", "delete or archive"),
    "hand over": Text("移交", "hand over"),
    "none": Text("不处置", "nothing"),
    "overwrite": Text("覆盖", "overwrite"),
    "reject": Text("不得存储", "must not be stored"),
    "review": Text("复核", "review"),
    "review then delete": Text("复核后删除", "review, then delete"),
    "review yearly": Text("每年复核", "review every year"),
}
# The same in a sentence that tells people what becomes of their information.
AFTERWARDS: Mapping[str, Text] = {
    "appraisal + supervised destruction": Text("鉴定后监督销毁", "appraised and destroyed under supervision"),
    "archive": Text("归档", "archived"),
    "delete": Text("删除", "deleted"),
    "delete or archive": Text("删除或者归档", "deleted or archived"),
    "hand over": Text("移交", "handed over"),
    "none": Text("继续保存", "kept on"),
    "overwrite": Text("覆盖", "overwritten"),
    "reject": Text("不予存储", "not stored"),
    "review": Text("复核是否仍需保存", "reviewed as to whether they are still needed"),
    "review then delete": Text("复核后删除", "reviewed and deleted"),
    "review yearly": Text("每年复核", "reviewed every year"),
}
BETWEEN: Mapping[str, Text] = {
    "ACTIVE": Text("使用中", "in use"),
    "ARCHIVE": Text("归档", "archived"),
    "LOCKED": Text("封存", "locked"),
    "RESTRICTED (Art 18)": Text("限制处理", "restricted"),
    "append-only": Text("只增不改", "append-only"),
    "n/a": Text("—", "—"),
}
SECTORS: Mapping[str, Text] = {
    "all": Text("各行业", "all"),
    "general": Text("一般行业", "general"),
    "finance": Text("金融", "finance"),
    "leasing": Text("租赁", "leasing"),
    "retail/furniture": Text("零售/家具", "retail/furniture"),
    "credit": Text("征信使用", "credit"),
    "credit agency": Text("征信机构", "credit agency"),
    "e-commerce platform": Text("电商平台", "e-commerce platform"),
    "EU pack": Text("欧盟规则", "EU rules"),
    "California pack": Text("加州规则", "California rules"),
}
BASES: Mapping[str, Text] = {
    "13(1)(1) consent": Text("取得个人的同意（个人信息保护法 第13条第1款第1项）", "Consent (PIPL 13(1)(1))"),
    "13(1)(2) contract": Text(
        "订立、履行合同所必需（个人信息保护法 第13条第1款第2项）", "Contract (PIPL 13(1)(2))"
    ),
    "13(1)(3) legal obligation": Text(
        "履行法定义务所必需（个人信息保护法 第13条第1款第3项）", "Statutory duty (PIPL 13(1)(3))"
    ),
    "13(1)(6) public info": Text(
        "已合法公开的信息（个人信息保护法 第13条第1款第6项）", "Lawfully public information (PIPL 13(1)(6))"
    ),
    "n/a (not PI)": Text("不适用（非个人信息）", "Not applicable (not personal information)"),
    "none": Text("无", "None"),
}
INDEXES: Mapping[str, Text] = {
    "exact": Text("精确", "exact"),
    "last4": Text("后四位", "last four"),
    "surname": Text("姓氏", "surname"),
    "domain": Text("邮箱域名", "e-mail domain"),
    "window2": Text("名称中任意两字", "any two characters"),
    "pinyin": Text("拼音", "pinyin"),
    "initials": Text("拼音首字母", "initials of pinyin"),
    "address": Text("地址", "address"),
    "unique": Text("全库唯一", "unique"),
    "unique_in_customer": Text("同一客户内唯一", "unique within a customer"),
}
CONSENTS: Mapping[str, Text] = {
    "none": Text("不需要同意", "None"),
    "general": Text("同意", "Consent"),
    "separate": Text("单独同意", "Separate consent"),
    "written": Text("书面同意", "Written consent"),
}
ROLES: Mapping[str, Text] = {
    "direct": Text("直接标识", "Direct identifier"),
    "quasi": Text("准标识", "Quasi-identifier"),
    "sensitive": Text("敏感属性", "Sensitive attribute"),
    "other": Text("其他", "Other"),
}
PROFILES: Mapping[str, Text] = {
    "list": Text("列表", "List"),
    "detail": Text("详情", "Detail"),
    "verify": Text("核验", "Verification"),
    "strict": Text("严格", "Strict"),
}
VALIDATORS: Mapping[str, Text] = {
    "LINE": Text("单行文字", "One line of text"),
    "TEXT": Text("多行文字", "Text"),
    "NAME": Text("姓名", "Name"),
    "ORGANISATION": Text("单位名称", "Name of an organisation"),
    "MOBILE": Text("手机号", "Mobile number"),
    "LANDLINE": Text("固定电话", "Landline"),
    "PHONE": Text("电话（任何国家）", "Phone (any country)"),
    "EMAIL": Text("电子邮箱", "E-mail"),
    "ADDRESS": Text("地址", "Address"),
    "POST": Text("邮政编码", "Postal code"),
    "REGION": Text("行政区划代码", "Division code"),
    "ID-CN": Text("居民身份证号", "Resident ID"),
    "ID-CN18": Text("居民身份证号（18 位）", "Resident ID (18 digits)"),
    "ID-CN15": Text("居民身份证号（旧 15 位）", "Resident ID (legacy 15 digits)"),
    "PASSPORT": Text("护照", "Passport"),
    "PASSPORT-CN": Text("中国护照", "PRC passport"),
    "HKMTP": Text("港澳居民来往内地通行证", "HK/Macao travel permit"),
    "TWTP": Text("台湾居民来往大陆通行证", "Taiwan travel permit"),
    "RESPERMIT": Text("港澳台居民居住证", "HK/Macao/Taiwan residence permit"),
    "RESIDENCE": Text("外国人永久居留身份证", "Permanent residence card"),
    "OTHER-ID": Text("其他证件", "Other document"),
    "USCC": Text("统一社会信用代码", "Unified social credit code"),
    "ORGCODE": Text("组织机构代码", "Organisation code"),
    "TAXID": Text("纳税人识别号", "Taxpayer ID"),
    "BANKCARD": Text("银行卡号", "Bank card"),
    "ACCOUNT": Text("账号", "Account number"),
    "CNAPS": Text("联行号", "CNAPS bank code"),
    "PLATE": Text("机动车号牌", "Vehicle plate"),
    "VIN": Text("车辆识别代号", "VIN"),
    "WECHAT": Text("微信号", "WeChat ID"),
    "DEVICE": Text("设备号", "Device ID"),
    "IP": Text("IP 地址", "IP address"),
    "GEO": Text("经纬度", "Coordinates"),
    "GENDER": Text("性别", "Gender"),
    "DATE": Text("日期", "Date"),
    "PAST-DATE": Text("过去的日期", "Date in the past"),
    "OPEN-DATE": Text("日期或长期", "Date or long-term"),
    "DATETIME": Text("日期和时间", "Date and time"),
    "AMOUNT": Text("金额", "Amount"),
    "NUMBER": Text("数字", "Number"),
    "QUANTITY": Text("数量", "Quantity"),
    "RATE": Text("比率", "Rate"),
}
# The sorts of information that the standards name; the register has them in Chinese.
SORTS: Mapping[str, Text] = {
    "不得用宗教、特定身份": Text("不得用宗教、特定身份", "not for religion or specific identity"),
    "不满14周岁(如适用)": Text("不满14周岁(如适用)", "below 14 years (where it applies)"),
    "不满十四周岁未成年人个人信息": Text("不满十四周岁未成年人个人信息", "minors below 14 years"),
    "其他敏感个人信息(保守)": Text(
        "其他敏感个人信息(保守)", "other sensitive personal information (taken strictly)"
    ),
    "其他敏感个人信息(居民身份证照片)": Text(
        "其他敏感个人信息(居民身份证照片)", "other (photo of the ID card)"
    ),
    "其他敏感个人信息(征信信息)": Text("其他敏感个人信息(征信信息)", "other (credit information)"),
    "其他敏感个人信息(犯罪记录)": Text("其他敏感个人信息(犯罪记录)", "other (criminal records)"),
    "其他敏感个人信息(精准定位信息)": Text("其他敏感个人信息(精准定位信息)", "other (precise location)"),
    "其他敏感个人信息(衍生)": Text("其他敏感个人信息(衍生)", "other (derived)"),
    "其他敏感个人信息(证件号)": Text("其他敏感个人信息(证件号)", "other (document number)"),
    "其他敏感个人信息(财产)": Text("其他敏感个人信息(财产)", "other (property)"),
    "医疗健康信息/特定身份信息": Text("医疗健康信息/特定身份信息", "health / specific identity"),
    "可能含人脸": Text("可能含人脸", "may show faces"),
    "声纹仅在用于识别时": Text("声纹仅在用于识别时", "voiceprint, only where used to identify"),
    "宗教信仰信息": Text("宗教信仰信息", "religious belief"),
    "按检测结果": Text("按检测结果", "as detected"),
    "特定身份信息(视场景)": Text("特定身份信息(视场景)", "specific identity (depending on use)"),
    "生物识别信息": Text("生物识别信息", "biometric information"),
    "行踪轨迹信息(车辆行驶轨迹)": Text("行踪轨迹信息(车辆行驶轨迹)", "whereabouts (tracks of vehicles)"),
    "金融账户信息": Text("金融账户信息", "financial accounts"),
    "金融账户信息(个人收入明细)": Text("金融账户信息(个人收入明细)", "financial accounts (income)"),
    "金融账户信息(交易)": Text("金融账户信息(交易)", "financial accounts (transactions)"),
    "金融账户信息(账户资金交易)": Text("金融账户信息(账户资金交易)", "financial accounts (movements)"),
    "金融账户信息/鉴别信息": Text("金融账户信息/鉴别信息", "financial accounts / authentication"),
    "鉴别辅助信息": Text("鉴别辅助信息", "auxiliary authentication"),
    "(非个人)": Text("(非个人)", "(not personal)"),
    "个人上网记录": Text("个人上网记录", "online records"),
    "个人位置信息": Text("个人位置信息", "location"),
    "个人健康生理信息": Text("个人健康生理信息", "health and physiology"),
    "个人基本资料": Text("个人基本资料", "basic personal data"),
    "个人常用设备信息": Text("个人常用设备信息", "devices"),
    "个人教育工作信息": Text("个人教育工作信息", "education and work"),
    "个人标签信息": Text("个人标签信息", "labels"),
    "个人生物识别信息": Text("个人生物识别信息", "biometrics"),
    "个人财产信息": Text("个人财产信息", "property"),
    "个人身份信息": Text("个人身份信息", "identity"),
    "个人通信信息": Text("个人通信信息", "communications"),
    "其他信息": Text("其他信息", "other"),
    "网络身份标识信息": Text("网络身份标识信息", "network identifiers"),
    "联系人信息": Text("联系人信息", "contacts"),
    "业务数据": Text("业务数据", "business data"),
    "用户数据": Text("用户数据", "user data"),
    "系统运行和安全数据": Text("系统运行和安全数据", "operation and security data"),
    "经营管理数据": Text("经营管理数据", "management data"),
}
BOOKS: Mapping[str, Mapping[str, Text]] = {
    "start": STARTS,
    "action": ACTIONS,
    "between": BETWEEN,
    "sector": SECTORS,
    "basis": BASES,
    "index": INDEXES,
    "consent": CONSENTS,
    "role": ROLES,
    "profile": PROFILES,
    "validator": VALIDATORS,
    "sort": SORTS,
}


def in_words(book: str, code: str) -> str:
    """`code` of one of the books in the reader's language."""
    text = BOOKS[book].get(code)
    return text.in_(language()) if text else code


def choices(book: str) -> list[tuple[str, str]]:
    """The codes of a book for a select box."""
    return [(code, text.in_(language())) for code, text in BOOKS[book].items()]


def period(value: int, unit: str) -> str:
    """A retention period in words: 3 年, 永久, 目的实现后即时."""
    if unit == "permanent" or value < 0:
        return PERMANENT.in_(language())
    if value == 0:
        return AT_ONCE.in_(language())
    name = UNITS[unit].in_(language()) if unit in UNITS else unit
    return f"{value} {name.removesuffix('s') if value == 1 else name}"


def kept(rule: RetentionRule) -> str:
    """From when, how long, and what is done then: 自合同终止起保存 10 年，期满后删除."""
    lasts = period(rule.default_value, rule.default_unit)
    start = in_words("start", rule.clock_start)
    known = AFTERWARDS.get(rule.action_at_expiry)
    then = known.in_(language()) if known else rule.action_at_expiry
    if rule.default_unit == "permanent" or rule.default_value < 0:
        text = Text("永久保存", "kept for ever")
    elif rule.default_value == 0:
        text = Text(f"{start}后即时{then}", f"{then} at once after this: {start}")
    else:
        text = Text(f"自{start}起保存 {lasts}，期满后{then}", f"{lasts} from this on: {start}; then {then}")
    return text.in_(language())


def minimum(value: int, unit: str) -> str:
    """The shortest lawful period in words; none is set by law when it is nought."""
    return NO_MINIMUM.in_(language()) if value == 0 else period(value, unit)
