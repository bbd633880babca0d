"""Names of people and addresses told in free text. Unlike numbers they prove nothing, so these are judgements.

A name is taken where something beside it says so: a title behind it, a word before it after which names come, a dot
between the parts of a name of another people, or, within a sentence, a surname with characters that are common in given
names, between words that stand beside names. An address is taken from its numbered end (号, 室, 栋 …) back to where it
begins, or after a word that announces one. How often this is right is measured and published with every kind.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence

from shouxin.core.identifiers import divisions
from shouxin.core.identifiers.recognising import Found

PERSON, PLACE = "PERSON", "PLACE"
_HAN = "\u3400-\u9fff\U00020000-\U0003134f〇"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝"
    "包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾"
    "尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵赖傅阎邬边"
    "卞苟姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_COMPOUND = (
    "欧阳|太史|上官|司马|东方|独孤|南宫|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|"
    "公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|令狐|端木|呼延"
)
SURNAMES = frozenset(_SURNAMES) | frozenset(_COMPOUND.split("|"))
# Characters given names are made of; measured on invented text, not on anybody's list of customers.
_GIVEN = (
    "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建国志文博思远嘉一子泽晨铭轩睿"
    "哲翰芳娜敏静丽艳娟霞秀燕玲桂英慧红梅莉萍雪琳晶倩颖洁婷欣怡佳悦涵梓萱雨彤诗语雅若兰紫薇晓妍"
    "春海玉金福荣生成德庆永保新胜东良忠义兴利少云天大小亮亚光全凤荷花莲清淑珍爱惠琴素莹美青盈可"
    "心如意安康乐然皓毅恒弘宏洪景瑞祥禄寿才富贵发财冬夏秋月星辰昌友启敬树长根本来维世家正民仁礼"
    "信孝贤岩峰山川河江源泉森柏松柳杨桐楠竹菊韵依娅妮琪瑶璐瑾瑜璇珊玥琼昊昕昱晖晗曦朗朝沐沛泓洋"
    "淼添渊渝湘润潇澜熙煜煊烨炎焱凡凌冰卓南君啸奇奕威孟学定宽容宾展岚峻嵘巍"
)
_TITLES = (
    "先生|女士|小姐|太太|老师|经理|总监|主任|师傅|阿姨|大姐|大哥|医生|律师|教授|工程师|老板|会计|同志|同学"
)
_CUES = (
    "姓名|名字|客户|顾客|联系人|收货人|收件人|签收人|经办人|业主|户主|车主|承租人|担保人|保证人|法人|法定代表人|户名|持卡人"
    "|本人|我叫|我是|叫做|名叫|邻居|同事|朋友|家属|丈夫|妻子|爱人|老公|老婆|儿子|女儿|父亲|母亲|乘客|学员|患者"
)
# Before a bare name, and behind one: words of clerks' sentences, and the edges of a clause.
_EDGE = r"[，。；、,;:：！？!?()（）“”\"'\s]"
_BEFORE = (  # noqa: SIM905 - so many read better as words
    "和 与 及 给 向 请 由 找 替 让 跟 是 为 叫 问 劝 致电 电联 联系 "
    "告知 通知 转告 拜访 回访 陪同 据 上午 下午 今天 昨天 明天 中午 晚上 刚才 经 凭 含"
).split()
_RIGHT = (
    rf"{_EDGE}|$"
    "|来电|来访|来店|来信|致电|反映|咨询|表示|要求|投诉|说|称|讲|问|的|在|已|于|因"
    "|希望|需要|想|预约|下单|付款|签|电话|手机|身份证|联系|去|到|和|与|及|是|有|不"
    "|也|将|正|未|退|换|购买|订|催|确认|同意|拒绝|提出|代|转|领|取|约|看|明天|明早"
    "|今天|今晚|昨天|后天|上午|下午|上门|现在|现住|又|还|让|把|给|会|能|可|没|不|验"
    "|试|选|挑"
)
# Words that begin like a surname; none is a name, however it goes on.
_WORDS = frozenset(
    (  # noqa: SIM905 - so many read better as words
        "高兴 高度 高级 高档 高清 张贴 王者 王牌 黄色 黄金 黄油 周一 周二 周三 周四 周五 周六 "
        "周日 周末 周期 周边 周年 周到 马上 马达 马桶 马路 方便 方式 方案 方向 方面 方形 安排 "
        "安装 安全 安静 安心 金额 金属 金色 白色 白天 温馨 温度 温和 万元 万一 时间 时候 时段 "
        "常用 于是 任何 任务 和解 成功 成本 成品 全部 全款 全额 全国 关于 关闭 关系 关注 包装 "
        "包括 包含 包邮 石材 石头 明天 明白 明确 明细 文件 文字 连接 连续 单价 单位 单独 单号 "
        "单人 双人 路上 路口 程度 程序 应该 应当 应付 高端 平台 简单 简易 商品 商家 商量 商场 "
        "华丽 向上 江苏 江西 海南 云南 河南 河北 湖南 湖北 山东 山西 陕西 甘肃 宁夏 安徽 吉林 "
        "白酒 古典 古老 尚未 尚可 盛大 易碎 易损 左右 左边 阳台 阳光 项目 项链 景观 景区 费用 "
        "费时 严重 严格 毛利 毛坯 毛病 沙发 沙子 师傅 车辆 车位 车库 车间 全家 全屋 全新 边上 "
        "边框 房间 房子 房屋 管理 管道 查看 查询 查收 解决 解释 解除 农村 农历 时尚 时限 明年 "
        "明显 米色 米白 池子 查验 宁愿 宁可 贺卡 康复 梅雨 乐意 苗条 花色 国庆 元旦 于周 于今 "
        "温州 苏州 杭州 郑州 广州 常州 徐州 连云 石家 马鞍 黄山 黄石 黄冈 金华 康定 林业 林地 "
        "易拉 易燃 麻烦 麻将 席位 席梦 游客 游戏 司机 司法 冷气 冷色 甘愿 习惯 党员 党委 宗旨 "
        "严肃 明日 "
    ).split()
)
# As short as what stands behind it allows: 也 in 李军也来了 is no part of the name.
_NAME = f"(?:{_COMPOUND}|[{_SURNAMES}])[{_HAN}]{{1,2}}?"
_BARE = f"(?:{_COMPOUND}|[{_SURNAMES}])(?:[{_GIVEN}]|[{_GIVEN}][{_HAN}]|[{_HAN}][{_GIVEN}])"
# Characters by which Chinese writes the names of other peoples.
_SOUNDS = (
    "阿艾买提古丽娜尔不都热合曼夏木吐逊巴特孟和卡德依明力克江吾布拉玛迪努帕孜祖菲娅麦吉萨伊斯图"
    "洪霍加赛肉汗扎西次仁卓旦增多杰央金格桑尼达娃索朗乌云其苏日哈森那呼宝音额敦朝鲁琴高居别铁里"
    "穆罕默米"
)
_BY_TITLE = re.compile(f"({_NAME})(?={_TITLES})")
_BY_CUE = re.compile(f"(?:{_CUES})(?:姓名|名字)?[是为叫]?[:：]?[ ]?({_NAME})(?={_RIGHT})")
_BY_PLACE = re.compile(
    rf"(?:^|(?<={_EDGE})|{'|'.join(f'(?<={word})' for word in _BEFORE)})({_BARE})(?={_RIGHT})"
)
_BY_DOT = re.compile(f"(?![和给])[{_SOUNDS}]{{2,8}}(?:[·•・][{_SOUNDS}]{{2,8}}){{1,3}}")
_LATIN = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? |(?:姓名|联系人|收货人|收件人|客户|Name|Contact|Customer)[:：] ?)"
    r"([A-ZÀ-ÞŁŚŻ][\w’'\-]+(?: [A-ZÀ-ÞŁŚŻ][\w’'.\-]*){0,3})"
)
_UNITS = "号楼|号院|号|弄|栋|幢|座|单元|室|层|楼|户|村|组|队"
_END = re.compile(
    rf"[0-9０-９]{{1,5}}(?:[-－—#][0-9０-９A-Za-z]{{1,5}})*[A-Za-z]?(?:{_UNITS})"
    r"|[A-Za-z甲乙丙丁东西南北中][0-9]{0,3}(?:栋|幢|座)[0-9]{0,5}"
)
_ROAD = re.compile(
    f"[{_HAN}]{{1,12}}(?:大街|大道|胡同|路|街|巷|道|里|镇|乡|村|园|苑|城|庄|广场|大厦|小区|花园|公寓|社区|工业区|开发区)$"
)
_ANNOUNCED = re.compile(
    r"(?:收货地址|送货地址|安装地址|家庭住址|通讯地址|注册地址|联系地址|详细地址|地址|住址"
    r"|家住|住在|现住|位于|送到|送至|寄到|寄往|搬到|搬至)"
    rf"(?:是|为|改为|改成|变更为)?[:：]?[ ]?([{_HAN}A-Za-z0-9０-９\-－—#（）() ]{{4,80}})"
)
_RUN = re.compile(rf"[{_HAN}A-Za-z0-9０-９\-－—#（）()]*$")
_TAIL = re.compile(
    rf"(?:[{_HAN}]{{0,6}}[0-9０-９A-Za-z]{{1,6}}(?:[-－—#][0-9０-９A-Za-z]{{1,5}})*(?:{_UNITS})"
    rf"|[A-Za-z]?[0-9]{{3,4}}(?![0-9])|[{_HAN}]{{2,6}}?(?:小区|花园|广场|大厦|公寓|家园|新村|城|苑))"
)
_LONGEST = 60
_TALK = re.compile(
    "地址|住址|家住|住在|现住|位于|送到|送至|寄到|寄往|搬到|搬至|安装在|配送到|上门到|发到|在|到|至|从|是|为|去"
)


def tell(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Found]:
    """Names and addresses in `text`, in order and without overlap, outside the places `taken` already."""
    found: list[Found] = []
    for one in (*_places(text), *_persons(text)):
        place = bisect([other.start for other in found], one.start)
        free = (place == 0 or found[place - 1].end <= one.start) and (
            place == len(found) or one.end <= found[place].start
        )
        if free and not any(one.start < end and start < one.end for start, end in taken):
            found.insert(place, one)
    return found


def _persons(text: str) -> Iterator[Found]:
    if text.isascii():
        yield from _latin(text)
        return
    for match in _BY_DOT.finditer(text):
        yield Found(PERSON, match.start(), match.end())
    for pattern in (_BY_TITLE, _BY_CUE, _BY_PLACE):
        for match in pattern.finditer(text):
            if match[1][:2] not in _WORDS:
                yield Found(PERSON, match.start(1), match.end(1))
    yield from _latin(text)


def _latin(text: str) -> Iterator[Found]:
    for match in _LATIN.finditer(text):
        yield Found(PERSON, match.start(1), match.end(1))


def _places(text: str) -> Iterator[Found]:
    for match in _ANNOUNCED.finditer(text):
        end = _end_of(match[1])
        if end:
            yield Found(PLACE, match.start(1), match.start(1) + end)
    reached = 0
    for match in _END.finditer(text):
        if match.start() < reached:
            continue
        start = _start_of(text, match.start())
        if start is not None:
            reached = _follow(text, match.end())
            yield Found(PLACE, start, reached)


def _end_of(announced: str) -> int:
    """How much of what follows an announcement is the address: up to its last unit or name of a place."""
    last = 0
    for match in _END.finditer(announced):
        last = match.end()
    if last:
        return _follow(announced, last)
    named = divisions.district_end(announced)
    road = re.match(f"[{_HAN}]{{2,20}}?(?:大街|大道|路|街|巷|小区|花园|大厦|广场|镇|乡|村)", announced)
    return max(named, road.end() if road else 0)


def _start_of(text: str, end: int) -> int | None:
    """Where the address begins whose number stands at `end`: at a division's name, else at its road; else None."""
    run = _RUN.search(text, max(0, end - _LONGEST), end)
    if run is None or run.start() == end:
        return None
    for position in range(run.start(), end - 2):
        if divisions.district_end(text[position:end]) > 0:
            return position
    before = text[run.start() : end]
    begin = max((match.end() for match in _TALK.finditer(before)), default=0)
    return run.start() + begin if _ROAD.search(before[begin:]) else None


def _follow(text: str, end: int) -> int:
    """The end of the address with the building, unit and door that come behind its number."""
    while (more := _TAIL.match(text, end)) is not None:
        end = more.end()
    return end
