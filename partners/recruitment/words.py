"""Words of company names that many companies share, and mail services that anybody may use."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LEGAL_ZH = _words(
    """
    股份有限责任公司 有限责任公司 股份有限公司 集团有限公司 有限公司 分公司 子公司 普通合伙 有限合伙
    个人独资企业 个体工商户 株式会社 合同会社 有限会社 集团公司 公司 商行 经营部 集团
    """
)
"""Legal forms, at the end of a Chinese or Japanese name; longer ones first."""
LEGAL_EN = _words(
    """
    co company companies ltd limited llc llp lp inc incorporated corp corporation plc gmbh mbh ag kg kgaa ohg
    ug ev se sa sas sarl sl slu srl spa sp zoo bv nv oy oyj ab as asa aps kft zrt rt doo dd ad ood eood sro
    spol pte pty pvt private sdn bhd tbk pt jsc ojsc pjsc ooo zao oao llp kk gk yk cv the and et und y public
    """
)
PLACES_ZH = _words(
    """
    中国 北京 上海 天津 重庆 广东 广州 深圳 东莞 佛山 珠海 江苏 南京 苏州 无锡 浙江 杭州 宁波 温州 山东 济南
    青岛 福建 厦门 福州 四川 成都 湖北 武汉 湖南 长沙 河南 郑州 河北 石家庄 陕西 西安 安徽 合肥 辽宁 沈阳 大连
    吉林 长春 黑龙江 哈尔滨 江西 南昌 广西 南宁 云南 昆明 贵州 贵阳 山西 太原 甘肃 兰州 海南 海口 内蒙古 宁夏
    新疆 西藏 青海 香港 澳门 台湾
    """
)
"""Where a Chinese name begins with the place of its registration."""
COMMON_ZH = _words(
    """
    信息技术 网络科技 电子科技 智能科技 信息科技 数码科技 科技发展 技术 科技 信息 网络 电子 软件 系统 数据 工程
    设备 贸易 商贸 实业 发展 服务 咨询 控股 国际 集团 企业 产业
    """
)
COMMON_EN = _words(
    """
    technology technologies tech technological information it systems system solutions solution services
    service group holding holdings international global worldwide enterprise enterprises trading industry
    industries industrial software network networks electronics electronic digital data consulting china
    beijing shanghai shenzhen guangzhou hangzhou hong kong hk asia pacific europe european germany deutschland
    uk usa america north east west south singapore japan india branch
    """
)
PUBLIC_MAIL = _words(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.cn yahoo.com.cn
    yahoo.co.jp yahoo.de yahoo.fr yahoo.co.uk ymail.com aol.com icloud.com me.com mac.com gmx.de gmx.net
    gmx.com web.de t-online.de freenet.de orange.fr free.fr laposte.net wanadoo.fr libero.it mail.ru yandex.ru
    yandex.com proton.me protonmail.com zoho.com mail.com naver.com daum.net hanmail.net qq.com foxmail.com
    vip.qq.com 163.com vip.163.com 126.com yeah.net 188.com sina.com sina.cn vip.sina.com sohu.com 139.com
    189.cn wo.cn 21cn.com tom.com aliyun.com 263.net hotmail.co.uk hotmail.fr hotmail.de outlook.de outlook.fr
    live.cn tutanota.com fastmail.com rediffmail.com
    """
)
"""Anybody gets an address there, so it says nothing about a company."""
