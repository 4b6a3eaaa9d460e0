"""User agents as phones, browsers and scripts really send them; only what varies is a parameter."""

BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


def app(version: str, system: str, hardware: str) -> str:
    """The wallet's own app."""
    return f"UWallet/{version} ({system}; {hardware}; zh_CN)"


def cfnetwork(build: str, darwin: str) -> str:
    """The wallet's app on iOS, when a request leaves through the system's own networking."""
    return f"UWallet/{build} CFNetwork/1494.0.7 Darwin/{darwin}"


def app_web_view(version: str, android: str, model: str, chrome: str = "126.0.6478.134") -> str:
    """A page inside the wallet's Android app."""
    return (
        f"Mozilla/5.0 (Linux; Android {android}; {model} Build/UKQ1.230804.001; wv) {BLINK} "
        f"Version/4.0 Chrome/{chrome} Mobile Safari/537.36 UWallet/{version}"
    )


def chrome_android(version: str, device: str = "Android 10; K", form: str = "Mobile ") -> str:
    return f"Mozilla/5.0 (Linux; {device}) {BLINK} Chrome/{version} {form}Safari/537.36"


def chrome_computer(version: str, computer: str, extra: str = "") -> str:
    return f"Mozilla/5.0 ({computer}) {BLINK} Chrome/{version} Safari/537.36{extra}"


def edge(version: str, computer: str) -> str:
    return chrome_computer(version, computer, f" Edg/{version}")


def firefox(version: str, computer: str) -> str:
    return f"Mozilla/5.0 ({computer}; rv:{version}) Gecko/20100101 Firefox/{version}"


def firefox_android(version: str, android: str) -> str:
    return f"Mozilla/5.0 (Android {android}; Mobile; rv:{version}) Gecko/{version} Firefox/{version}"


def safari_iphone(ios: str, version: str) -> str:
    return (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {ios} like Mac OS X) {WEBKIT} "
        f"Version/{version} Mobile/15E148 Safari/604.1"
    )


def safari_ipad(ios: str, version: str) -> str:
    return (
        f"Mozilla/5.0 (iPad; CPU OS {ios} like Mac OS X) {WEBKIT} "
        f"Version/{version} Mobile/15E148 Safari/604.1"
    )


def safari_mac(version: str) -> str:
    """What Safari says on a Mac, and on an iPad that asks for the desktop's page."""
    return f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/{version} Safari/605.1.15"


def ios_browser(ios: str, product: str) -> str:
    return (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {ios} like Mac OS X) {WEBKIT} "
        f"{product} Mobile/15E148 Safari/604.1"
    )


def wechat_android(version: str, device: str, extra: str = "", network: str = "WIFI") -> str:
    return (
        f"Mozilla/5.0 (Linux; {device}; wv) {BLINK} Version/4.0 Chrome/116.0.0.0 Mobile "
        f"Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MMWEBID/2247 MicroMessenger/{version}(0x28002F30) "
        f"WeChat/arm64 Weixin NetType/{network} Language/zh_CN ABI/arm64{extra}"
    )


def wechat_ios(version: str, ios: str, network: str = "WIFI", hardware: str = "iPhone; CPU iPhone OS") -> str:
    return (
        f"Mozilla/5.0 ({hardware} {ios} like Mac OS X) {WEBKIT} Mobile/15E148 "
        f"MicroMessenger/{version}(0x18003030) NetType/{network} Language/zh_CN"
    )


def alipay_android(version: str, device: str) -> str:
    return (
        f"Mozilla/5.0 (Linux; U; {device} Build/SKQ1.210216.001) {BLINK} Version/4.0 "
        "Chrome/69.0.3497.100 UWS/3.22.2.69 Mobile Safari/537.36 UCBS/3.22.2.69_230807 ChannelId(5) "
        "NebulaSDK/1.8.100112 Nebula AlipayDefined(nt:WIFI,ws:360|0|3.0) "
        f"AliApp(AP/{version}) AlipayClient/{version} Language/zh-Hans useStatusBar/true isConcaveScreen/true"
    )


def alipay_ios(version: str, ios: str) -> str:
    return (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {ios} like Mac OS X) {WEBKIT} Mobile/20G75 "
        "ChannelId(56) NebulaSDK/1.8.100112 Nebula PSDType(1) AlipayDefined(nt:WIFI,ws:390|780|3.0) "
        f"AliApp(AP/{version}) AlipayClient/{version} Language/zh-Hans Region/CN NebulaX/1.0.0"
    )


def huawei_browser(version: str, system: str, model: str) -> str:
    return (
        f"Mozilla/5.0 (Linux; {system}; {model}; HMSCore 6.13.0.302) {BLINK} "
        f"Chrome/114.0.5735.196 HuaweiBrowser/{version} Mobile Safari/537.36"
    )


def arkweb(openharmony: str, extra: str = "", kind: str = "Phone") -> str:
    """HarmonyOS NEXT."""
    mobile = "" if kind == "PC" else " Mobile"
    return (
        f"Mozilla/5.0 ({kind}; OpenHarmony {openharmony}) {BLINK} Chrome/114.0.0.0 "
        f"Safari/537.36  ArkWeb/4.1.6.1{mobile}{extra}"
    )


def chinese_browser(product: str, android: str, model: str) -> str:
    return (
        f"Mozilla/5.0 (Linux; U; Android {android}; zh-cn; {model} Build/TKQ1.220807.001) {BLINK} "
        f" Version/4.0 Chrome/100.0.4896.127 Mobile Safari/537.36 {product}"
    )


WINDOWS = "Windows NT 10.0; Win64; x64"
WINDOWS_7 = "Windows NT 6.1; Win64; x64"
MAC = "Macintosh; Intel Mac OS X 10_15_7"
LINUX = "X11; Linux x86_64"
CHROMEBOOK = "X11; CrOS x86_64 14541.0.0"
XIAOMI = "Xiaomi 2201123C"
HUAWEI = "HUAWEI ALN-AL00"
IPHONE_14_PRO = "iPhone15,2"
