"""Codes in words: what a sentence of the timeline is made of."""

from __future__ import annotations

from collections.abc import Mapping

from secmon.wording.languages import Words

WORDS: Mapping[str, Words] = {
    # Why an account was frozen.
    "theft_reported": ("it was reported stolen", "账户被报告失窃"),
    "unfamiliar_device": ("an unfamiliar device logged in", "陌生设备登录"),
    "suspicious_activity": ("of suspicious activity", "出现可疑活动"),
    "device_lost": ("the device was lost", "设备遗失"),
    "owner_request": ("the owner asked for it", "用户本人要求"),
    "legal_order": ("of a legal order", "司法要求"),
    # How a report came in.
    "in_app": ("in the app", "应用内"),
    "hotline": ("by the hotline", "电话热线"),
    "email": ("e-mail", "电子邮件"),
    "console": ("by the console", "客服后台"),
    "automatic": ("automatically", "系统自动"),
    # How an identity was checked, and how it ended.
    "id_document": ("an ID document", "身份证件"),
    "face_match": ("a face match", "人脸比对"),
    "call_back": ("a call back", "回拨电话"),
    "registered_phone": ("the registered phone", "绑定手机"),
    "registered_email": ("the registered e-mail", "绑定邮箱"),
    "passed": ("passed", "通过"),
    "failed": ("failed", "未通过"),
    # Cases.
    "login": ("login", "登录"),
    "payment": ("payment", "支付"),
    "security": ("security", "安全"),
    "promotion": ("promotion", "营销活动"),
    "open": ("open", "待处理"),
    "investigating": ("under investigation", "调查中"),
    "waiting_on_owner": ("waiting for the owner", "等待用户"),
    "resolved": ("resolved", "已解决"),
    "closed": ("closed", "已关闭"),
    "urgent": ("urgent", "紧急"),
    "high": ("high", "高"),
    "normal": ("normal", "普通"),
    "low": ("low", "低"),
    "status": ("status", "状态"),
    "priority": ("priority", "优先级"),
    "assignee": ("assignee", "经办人"),
    # Credentials, and who changed them.
    "password": ("password", "密码"),
    "phone": ("phone number", "手机号"),
    "locale": ("language", "语言"),
    "time_zone": ("time zone", "时区"),
    "user": ("the owner", "用户本人"),
    "recovery": ("account recovery", "账户找回"),
    "staff": ("the staff", "客服"),
    # What the owner says of a login.
    "was_me": ("it was me", "是本人"),
    "not_me": ("it was not me", "不是本人"),
    # What the owner has to do.
    "change_password": ("change the password", "修改密码"),
    "re_enrol_second_factor": ("set up the second factor again", "重新绑定双重验证"),
    # Second factors, as RFC 8176 and this service name them.
    "totp": ("an authenticator code", "动态验证码"),
    "recovery_code": ("a recovery code", "恢复码"),
    "otp": ("a one-time code", "一次性验证码"),
    "sms": ("a text message code", "短信验证码"),
    "face": ("face recognition", "人脸识别"),
    "fpt": ("a fingerprint", "指纹"),
    "hwk": ("a hardware key", "硬件密钥"),
    "swk": ("a software key", "软件密钥"),
    "sc": ("a smart card", "智能卡"),
    "tel": ("a phone call", "电话确认"),
    "mfa": ("several factors", "多重验证"),
    "pop": ("possession of a key", "密钥持有证明"),
    "mca": ("several channels", "多渠道验证"),
    "pwd": ("the password", "密码"),
    "pin": ("a PIN", "PIN 码"),
    "kba": ("a security question", "安全问题"),
    "geo": ("the location", "地理位置"),
    "rba": ("a risk assessment", "风险评估"),
    "wia": ("a Windows login", "Windows 集成认证"),
    "iris": ("an iris scan", "虹膜识别"),
    "retina": ("a retina scan", "视网膜识别"),
    "vbm": ("a voice print", "声纹识别"),
    # What the gate is asked about.
    "transfer": ("transfers", "转账"),
    "withdraw": ("withdrawals", "提现"),
    "add_payee": ("adding payees", "添加收款人"),
    "raise_limit": ("raising limits", "调高限额"),
    "change_credentials": ("changing credentials", "更改登录凭证"),
    "change_notifications": ("changing notifications", "更改通知设置"),
    "export_key": ("exporting keys", "导出密钥"),
    "enable_feature": ("enabling features", "开通功能"),
    # What ends a hold.
    "older_factor": ("a second factor of before", "此前已有的双重验证"),
    "older_factor_at_home": (
        "a second factor of before, in a network that you use all the time",
        "在您的常用网络下使用此前已有的双重验证",
    ),
    "login_proven": ("the login having been proven", "登录已通过验证"),
    "appeal": ("an appeal", "申诉成立"),
    "sim": ("SIM card", "SIM 卡"),
    "payee": ("payees", "收款人"),
    "limit": ("limit", "限额"),
    "device_binding": ("bound device", "绑定设备"),
    "carrier": ("the carrier", "运营商"),
    # How a message fares.
    "pending": ("on its way", "待发送"),
    "delivered": ("delivered", "已送达"),
    "dead": ("given up", "发送失败"),
}
SEPARATORS: Words = (", ", "、")
NOBODY: Words = ("nobody", "无")
# Who acts and is no person of the staff.
ACTORS: Mapping[str, Words] = {
    "the owner": ("The owner", "用户本人"),
    "secmon": ("The service", "系统"),
    "operator at the command line": ("An operator at the command line", "命令行管理员"),
}


def actor(name: str, language: int) -> str:
    """Who acts, by name; this service's own ones as they are called in the language of that place."""
    return ACTORS[name][language] if name in ACTORS else name


def in_words(value: object, language: int) -> str:
    """A fact in the language of that place; what has no words of its own stays as it is."""
    match value:
        case str():
            return WORDS[value][language] if value in WORDS else value
        case list():
            return SEPARATORS[language].join(in_words(item, language) for item in value)
        case dict():
            pairs = (
                f"{in_words(name, language)}: {in_words(item, language)}" for name, item in value.items()
            )
            return SEPARATORS[language].join(pairs)
        case None:
            return NOBODY[language]
        case _:
            return str(value)
