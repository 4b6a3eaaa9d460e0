"""The wallet's pages inside WeChat and Alipay, which name no install."""

from tests.devices.agents import alipay_android, alipay_ios, app, chinese_browser, wechat_android, wechat_ios
from tests.devices.pairs.pair import KNOWN, NEW, UPDATED, Login, Pair, browser

PHONE = "Android 13; 2201123C Build/TKQ1.220807.001"
WECHAT = wechat_android("8.0.47.2560", PHONE)
ALIPAY = alipay_android("10.5.30.8000", "Android 12; zh-CN; PEGM00")
WECHAT_COMPUTER = (
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 "
    "Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI "
    "MiniProgramEnv/Windows WindowsWechat/WMPF XWEB/8555"
)

IN_APP = [
    browser(
        "WeChat, from Wi-Fi to mobile data", WECHAT, wechat_android("8.0.47.2560", PHONE, network="5G"), KNOWN
    ),
    browser("WeChat, updated", WECHAT, wechat_android("8.0.48.2580", PHONE), UPDATED),
    browser("a late event from WeChat's last release", WECHAT, wechat_android("8.0.45.2440", PHONE), KNOWN),
    browser("a mini program of the same WeChat", WECHAT, f"{WECHAT} MiniProgramEnv/android", KNOWN),
    browser(
        "WeChat's next engine",
        WECHAT,
        WECHAT.replace("Chrome/116", "Chrome/122").replace("1160065", "1220053"),
        KNOWN,
    ),
    browser(
        "WeChat after Android 14",
        WECHAT,
        wechat_android("8.0.47.2560", "Android 14; 2201123C Build/U"),
        UPDATED,
    ),
    browser("a new build of the system", WECHAT, WECHAT.replace("TKQ1.220807.001", "TKQ1.230115.002"), KNOWN),
    browser(
        "WeChat on another phone", WECHAT, wechat_android("8.0.47.2560", "Android 13; M2102K1AC Build/T"), NEW
    ),
    browser("WeChat on an iPhone", WECHAT, wechat_ios("8.0.48", "17_4_1"), NEW),
    browser("WeChat on a computer", WECHAT, WECHAT_COMPUTER, NEW),
    browser(
        "Alipay on WeChat's phone is another client", WECHAT, alipay_android("10.5.30.8000", PHONE[:20]), NEW
    ),
    browser(
        "the phone's own browser after WeChat",
        WECHAT,
        chinese_browser("XiaoMi/MiuiBrowser/17.5", "13", "2201123C"),
        NEW,
    ),
    browser(
        "WeChat on iOS, updated", wechat_ios("8.0.48", "17_4_1"), wechat_ios("8.0.49", "17_4_1"), UPDATED
    ),
    browser("WeChat after iOS 18", wechat_ios("8.0.48", "17_4_1"), wechat_ios("8.0.50", "18_0"), UPDATED),
    browser(
        "WeChat on iOS, mobile data", wechat_ios("8.0.48", "17_4"), wechat_ios("8.0.48", "17_4", "4G"), KNOWN
    ),
    browser(
        "WeChat on an iPad after the iPhone",
        wechat_ios("8.0.48", "17_4"),
        wechat_ios("8.0.48", "17_4", hardware="iPad; CPU OS"),
        NEW,
    ),
    browser("Alipay again", ALIPAY, ALIPAY, KNOWN),
    browser("Alipay, updated", ALIPAY, alipay_android("10.5.36.8100", "Android 12; zh-CN; PEGM00"), UPDATED),
    browser(
        "Alipay after Android 13",
        ALIPAY,
        alipay_android("10.5.36.8100", "Android 13; zh-CN; PEGM00"),
        UPDATED,
    ),
    browser(
        "Alipay on another phone", ALIPAY, alipay_android("10.5.30.8000", "Android 12; zh-CN; PGEM10"), NEW
    ),
    browser(
        "Alipay on iOS, updated",
        alipay_ios("10.5.30.6000", "16_6"),
        alipay_ios("10.5.36.6000", "16_6"),
        UPDATED,
    ),
    browser(
        "Alipay after iOS 17", alipay_ios("10.5.36.6000", "16_6"), alipay_ios("10.5.36.6000", "17_0"), UPDATED
    ),
    browser(
        "WeChat after Alipay on one iPhone",
        alipay_ios("10.5.36.6000", "17_4"),
        wechat_ios("8.0.48", "17_4"),
        NEW,
    ),
    Pair(
        "WeChat on the phone that has the app: the wallet cannot tell",
        Login(app("5.12.0", "Android 13", "Xiaomi 2201123C"), "ins-1"),
        Login(WECHAT),
        NEW,
    ),
    Pair(
        "the app on the phone that is known from WeChat",
        Login(WECHAT),
        Login(app("5.12.0", "Android 13", "Xiaomi 2201123C"), "ins-1"),
        NEW,
        reinstall=True,
    ),
]
